-- AlterTable
ALTER TABLE "api_key" ADD COLUMN "cache_marks" TEXT;
