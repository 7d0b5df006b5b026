-- AlterTable
ALTER TABLE "provider" ADD COLUMN     "declared_hash" TEXT,
ADD COLUMN     "is_address_trusted" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "origin" JSONB,
ADD COLUMN     "owner" TEXT;

-- AlterTable
ALTER TABLE "route" ADD COLUMN     "declared_hash" TEXT,
ADD COLUMN     "origin" JSONB,
ADD COLUMN     "owner" TEXT,
ADD COLUMN     "source" TEXT NOT NULL DEFAULT 'api';

-- CreateTable
CREATE TABLE "declared_credential" (
    "id" UUID NOT NULL,
    "owner" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "sealed" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "declared_credential_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "declaration_owner" (
    "owner" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "declaration_owner_pkey" PRIMARY KEY ("owner")
);

-- CreateTable
CREATE TABLE "proxy_report" (
    "proxy_id" TEXT NOT NULL,
    "report" JSONB NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "proxy_report_pkey" PRIMARY KEY ("proxy_id")
);

-- CreateIndex
CREATE INDEX "declared_credential_owner_idx" ON "declared_credential"("owner");

-- CreateIndex
CREATE INDEX "proxy_report_last_seen_at_idx" ON "proxy_report"("last_seen_at");

-- What stood there before was trusted by its source.
UPDATE "provider" SET "is_address_trusted" = true WHERE "source" = 'environment';

-- What the schema language cannot say.
ALTER TABLE "provider" DROP CONSTRAINT "provider_source_known";
ALTER TABLE "provider" ADD CONSTRAINT "provider_source_known" CHECK ("source" IN ('environment', 'api', 'kubernetes'));
ALTER TABLE "provider" ADD CONSTRAINT "provider_origin_whole"
    CHECK (("source" = 'kubernetes') = ("owner" IS NOT NULL AND "origin" IS NOT NULL AND "declared_hash" IS NOT NULL));
ALTER TABLE "route" ADD CONSTRAINT "route_source_known" CHECK ("source" IN ('api', 'kubernetes'));
ALTER TABLE "route" ADD CONSTRAINT "route_origin_whole"
    CHECK (("source" = 'kubernetes') = ("owner" IS NOT NULL AND "origin" IS NOT NULL AND "declared_hash" IS NOT NULL));
ALTER TABLE "declared_credential" ADD CONSTRAINT "declared_credential_is_sealed" CHECK ("sealed" ~ '^v1:[0-9a-f]{8}:[A-Za-z0-9_-]+:[A-Za-z0-9_-]+$');
ALTER TABLE "declaration_owner" ADD CONSTRAINT "declaration_owner_counts" CHECK ("epoch" > 0 AND "sequence" > 0);
