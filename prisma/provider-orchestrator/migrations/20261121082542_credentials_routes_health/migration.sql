-- AlterTable
ALTER TABLE "model" ADD COLUMN     "first_life_ms" INTEGER;

-- AlterTable
ALTER TABLE "provider" ADD COLUMN     "concurrency_max" INTEGER,
ADD COLUMN     "credential_refs" TEXT[],
ADD COLUMN     "options" JSONB NOT NULL DEFAULT '{}';

UPDATE "provider" SET "credential_refs" = ARRAY["credential_ref"];
ALTER TABLE "provider" DROP COLUMN "credential_ref";

-- AlterTable
ALTER TABLE "route" ADD COLUMN     "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "is_sticky" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "may_fail_over_on_policy" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "resume" TEXT NOT NULL DEFAULT 'verified',
ADD COLUMN     "strategy" TEXT NOT NULL DEFAULT 'weighted';

-- CreateTable
CREATE TABLE "stored_credential" (
    "id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "last4" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "stored_credential_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "stored_credential_provider_idx" ON "stored_credential"("provider");

-- AddForeignKey
ALTER TABLE "stored_credential" ADD CONSTRAINT "stored_credential_provider_fkey" FOREIGN KEY ("provider") REFERENCES "provider"("name") ON DELETE CASCADE ON UPDATE RESTRICT;

-- What the schema language cannot say.
ALTER TABLE "provider" ADD CONSTRAINT "provider_concurrency_positive" CHECK ("concurrency_max" > 0);
ALTER TABLE "model" ADD CONSTRAINT "model_first_life_positive" CHECK ("first_life_ms" > 0);
ALTER TABLE "route" ADD CONSTRAINT "route_strategy_known" CHECK ("strategy" IN ('weighted', 'latency', 'price'));
ALTER TABLE "route" ADD CONSTRAINT "route_resume_known" CHECK ("resume" IN ('off', 'prefill', 'verified'));
ALTER TABLE "stored_credential" ADD CONSTRAINT "stored_credential_is_sealed" CHECK ("sealed" ~ '^v1:[0-9a-f]{8}:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$');
