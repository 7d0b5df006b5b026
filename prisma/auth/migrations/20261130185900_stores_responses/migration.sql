-- AlterTable
ALTER TABLE "organization" ADD COLUMN "stores_responses" BOOLEAN NOT NULL DEFAULT true;
