-- Rates at which providers of other currencies are asked for money, and the one that each payment was made with.
CREATE TABLE "exchange_rate" (
    "id" UUID NOT NULL,
    "currency" TEXT NOT NULL,
    "micro_units_per_usd" BIGINT NOT NULL,
    "source" TEXT NOT NULL,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "exchange_rate_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "exchange_rate_check" CHECK ("micro_units_per_usd" > 0 AND "currency" ~ '^[A-Z]{3}$')
);
CREATE INDEX "exchange_rate_currency_id_idx" ON "exchange_rate" ("currency", "id" DESC);
CREATE TRIGGER "exchange_rate_append_only" BEFORE UPDATE OR DELETE ON "exchange_rate"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "exchange_rate_no_truncate" BEFORE TRUNCATE ON "exchange_rate"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
ALTER TABLE "payment" ADD COLUMN "exchange_rate_id" UUID;
