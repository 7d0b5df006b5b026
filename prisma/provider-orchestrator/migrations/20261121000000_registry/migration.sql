-- CreateTable
CREATE TABLE "provider" (
    "name" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "base_url" TEXT NOT NULL,
    "credential_ref" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL DEFAULT true,
    "source" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "provider_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "model" (
    "provider" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "operations" TEXT[],
    "context_length" INTEGER NOT NULL,
    "max_output_tokens" INTEGER,
    "capabilities" TEXT[],
    "price_version" TEXT,

    CONSTRAINT "model_pkey" PRIMARY KEY ("provider","id")
);

-- CreateTable
CREATE TABLE "model_price" (
    "version" TEXT NOT NULL,
    "rates" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "model_price_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "route" (
    "name" TEXT NOT NULL,
    "candidates" JSONB NOT NULL,

    CONSTRAINT "route_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "registry_state" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "epoch" BIGINT NOT NULL,
    "version" INTEGER NOT NULL,
    "content_hash" TEXT NOT NULL,
    "content" JSONB NOT NULL,

    CONSTRAINT "registry_state_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "model_price_version_idx" ON "model"("price_version");

-- AddForeignKey
ALTER TABLE "model" ADD CONSTRAINT "model_provider_fkey" FOREIGN KEY ("provider") REFERENCES "provider"("name") ON DELETE CASCADE ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "model" ADD CONSTRAINT "model_price_version_fkey" FOREIGN KEY ("price_version") REFERENCES "model_price"("version") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- What the schema language cannot say.
ALTER TABLE "provider" ADD CONSTRAINT "provider_source_known" CHECK ("source" IN ('environment', 'api'));
ALTER TABLE "model" ADD CONSTRAINT "model_limits_positive" CHECK ("context_length" > 0 AND "max_output_tokens" > 0);
ALTER TABLE "registry_state" ADD CONSTRAINT "registry_state_one_row" CHECK ("id" = 1);
ALTER TABLE "registry_state" ADD CONSTRAINT "registry_state_counts" CHECK ("epoch" > 0 AND "version" >= 0);

CREATE FUNCTION "refuse_price_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a price is immutable: add a new version instead';
END;
$$;

CREATE TRIGGER "model_price_immutable" BEFORE UPDATE OR DELETE ON "model_price"
    FOR EACH ROW EXECUTE FUNCTION "refuse_price_change"();
CREATE TRIGGER "model_price_kept" BEFORE TRUNCATE ON "model_price"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_price_change"();
