-- The price book: which price of a model holds when, and the markups and discounts on it.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE "price_period" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "price_version" TEXT NOT NULL,
    "effective_from" TIMESTAMPTZ(6) NOT NULL,
    "effective_to" TIMESTAMPTZ(6),
    "source" TEXT NOT NULL,
    "owner" TEXT,
    "note" TEXT,
    "reviewer_user_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "price_period_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "price_period_kind_check" CHECK ("kind" IN ('customer', 'cost')),
    CONSTRAINT "price_period_source_check" CHECK ("source" IN ('api', 'file', 'kubernetes')),
    CONSTRAINT "price_period_span_check" CHECK ("effective_to" >= "effective_from"),
    CONSTRAINT "price_period_price_version_fkey" FOREIGN KEY ("price_version") REFERENCES "model_price" ("version") ON DELETE RESTRICT ON UPDATE RESTRICT,
    -- An empty range, of a price that was withdrawn before it began, overlaps nothing.
    CONSTRAINT "price_period_no_overlap" EXCLUDE USING gist ("kind" WITH =, "provider" WITH =, "model" WITH =, tstzrange("effective_from", "effective_to") WITH &&)
);
CREATE INDEX "price_period_effective_from_idx" ON "price_period" ("effective_from");
CREATE INDEX "price_period_effective_to_idx" ON "price_period" ("effective_to");
CREATE INDEX "price_period_price_version_idx" ON "price_period" ("price_version");

CREATE TABLE "price_rule" (
    "id" UUID NOT NULL,
    "organization_id" UUID,
    "models" TEXT NOT NULL,
    "multiplier_ppm" INTEGER NOT NULL,
    "effective_from" TIMESTAMPTZ(6) NOT NULL,
    "effective_to" TIMESTAMPTZ(6),
    "note" TEXT,
    "reviewer_user_id" UUID,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "price_rule_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "price_rule_multiplier_check" CHECK ("multiplier_ppm" BETWEEN 0 AND 100000000),
    CONSTRAINT "price_rule_span_check" CHECK ("effective_to" >= "effective_from"),
    CONSTRAINT "price_rule_no_overlap" EXCLUDE USING gist (
        coalesce("organization_id", '00000000-0000-0000-0000-000000000000') WITH =, "models" WITH =, tstzrange("effective_from", "effective_to") WITH &&)
);
CREATE INDEX "price_rule_effective_from_idx" ON "price_rule" ("effective_from");
CREATE INDEX "price_rule_effective_to_idx" ON "price_rule" ("effective_to");

-- What has held stays as it was: a row begins now or later, its end moves to an earlier instant that is not past, and nothing else changes.
CREATE FUNCTION "refuse_change_of_prices"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW."effective_from" >= now() THEN RETURN NEW; END IF;
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'effective_to' = to_jsonb(OLD) - 'effective_to' AND NEW."effective_to" IS NOT NULL
            AND (OLD."effective_to" IS NULL OR NEW."effective_to" <= OLD."effective_to")
            AND NEW."effective_to" >= greatest(OLD."effective_from", now()) THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER "price_period_append_only" BEFORE INSERT OR UPDATE OR DELETE ON "price_period"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_prices"();
CREATE TRIGGER "price_period_no_truncate" BEFORE TRUNCATE ON "price_period"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_price_change"();
CREATE TRIGGER "price_rule_append_only" BEFORE INSERT OR UPDATE OR DELETE ON "price_rule"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_prices"();
CREATE TRIGGER "price_rule_no_truncate" BEFORE TRUNCATE ON "price_rule"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_price_change"();

-- When the prices were last chosen: what begins or ends later has yet to be published.
ALTER TABLE "registry_state" ADD COLUMN "priced_at" TIMESTAMPTZ(6) NOT NULL DEFAULT '-infinity';
