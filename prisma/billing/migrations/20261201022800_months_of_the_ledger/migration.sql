-- Charges, statement lines and the inbox by month of the request. Ids of requests begin with their time, so the month is a range of
-- ids, and each id stays unique over all months. The present tables become the partitions of everything that has no month of its
-- own: no row is read or moved, and each lock is short. Statement lines without a request stay there.
ALTER TABLE "charge" RENAME TO "charge_rest";
ALTER INDEX "charge_pkey" RENAME TO "charge_rest_pkey";
ALTER INDEX "charge_time_brin" RENAME TO "charge_rest_time_brin";
DROP TRIGGER "charge_append_only" ON "charge_rest";
CREATE TABLE "charge" (LIKE "charge_rest" INCLUDING DEFAULTS) PARTITION BY RANGE ("request_id");
ALTER TABLE "charge" ADD CONSTRAINT "charge_pkey" PRIMARY KEY ("request_id");
CREATE INDEX "charge_time_brin" ON "charge" USING brin ("time") WITH (pages_per_range = 32, autosummarize = on);
ALTER TABLE "charge" ATTACH PARTITION "charge_rest" DEFAULT;

ALTER TABLE "inbox" RENAME TO "inbox_rest";
ALTER INDEX "inbox_pkey" RENAME TO "inbox_rest_pkey";
DROP TRIGGER "inbox_append_only" ON "inbox_rest";
CREATE TABLE "inbox" (LIKE "inbox_rest" INCLUDING DEFAULTS) PARTITION BY RANGE ("event_id");
ALTER TABLE "inbox" ADD CONSTRAINT "inbox_pkey" PRIMARY KEY ("event_id");
ALTER TABLE "inbox" ATTACH PARTITION "inbox_rest" DEFAULT;

ALTER TABLE "statement_line" RENAME TO "statement_line_rest";
ALTER INDEX "statement_line_pkey" RENAME TO "statement_line_rest_pkey";
ALTER INDEX "statement_line_request_id_key" RENAME TO "statement_line_rest_request_id_key";
ALTER INDEX "statement_line_org_id_id_idx" RENAME TO "statement_line_rest_org_id_id_idx";
ALTER INDEX "statement_line_payer_id_idx" RENAME TO "statement_line_rest_payer_id_idx";
DROP TRIGGER "statement_line_append_only" ON "statement_line_rest";
ALTER TABLE "statement_line_rest" DROP CONSTRAINT "statement_line_type_check";
ALTER TABLE "statement_line_rest" ADD CONSTRAINT "statement_line_type_check" CHECK ("type" IN ('charge', 'charges_of_day', 'top_up', 'sign_up_credit', 'adjustment', 'refund', 'refund_returned', 'dispute', 'promotional_credit', 'promotional_expired', 'subscription_fee', 'credit_note')) NOT VALID;
CREATE TABLE "statement_line" (LIKE "statement_line_rest" INCLUDING DEFAULTS) PARTITION BY RANGE ("request_id");
ALTER TABLE "statement_line" ALTER COLUMN "request_id" DROP NOT NULL;
CREATE UNIQUE INDEX "statement_line_request_id_key" ON "statement_line" ("request_id");
CREATE INDEX "statement_line_org_id_id_idx" ON "statement_line" ("org_id", "id" DESC);
CREATE INDEX "statement_line_payer_id_idx" ON "statement_line" ("payer_id", "id" DESC) WHERE "payer_id" IS NOT NULL;
ALTER TABLE "statement_line" ATTACH PARTITION "statement_line_rest" DEFAULT;

-- A month whose requests are kept as totals of days. `files` is what was exported, with the SHA-256 of each file.
CREATE TABLE "compacted_month" (
    "month" TEXT NOT NULL,
    "from_id" UUID NOT NULL,
    "to_id" UUID NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'closed',
    "requests" BIGINT,
    "charged" BIGINT,
    "files" JSONB,
    "totals_hash" BYTEA,
    "closed_at" TIMESTAMPTZ(3) NOT NULL,
    "compacted_at" TIMESTAMPTZ(3),
    CONSTRAINT "compacted_month_pkey" PRIMARY KEY ("month"),
    CONSTRAINT "compacted_month_state_check" CHECK ("state" IN ('closed', 'exported', 'compacted'))
);
CREATE TABLE "charge_day" (
    "month" TEXT NOT NULL,
    "org_id" UUID NOT NULL,
    "payer_id" UUID,
    "day" DATE NOT NULL,
    "user_id" UUID NOT NULL,
    "key_id" UUID,
    "team_id" UUID,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "requests" BIGINT NOT NULL,
    "free_requests" BIGINT NOT NULL,
    "charged" BIGINT NOT NULL,
    "paid" BIGINT NOT NULL,
    "cost" BIGINT NOT NULL
);
CREATE UNIQUE INDEX "charge_day_key" ON "charge_day" ("org_id", "day", "payer_id", "user_id", "key_id", "team_id", "provider", "model", "month") NULLS NOT DISTINCT;
CREATE INDEX "charge_day_payer_id_idx" ON "charge_day" ("payer_id", "day") WHERE "payer_id" IS NOT NULL;
CREATE INDEX "charge_day_month_idx" ON "charge_day" ("month");

-- What proves a charge stays. Its details may be deleted once the export and the totals of their month are recorded.
CREATE FUNCTION "refuse_change_of_month"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    "is_allowed" BOOLEAN;
BEGIN
    CASE TG_OP || ' ' || regexp_replace(TG_TABLE_NAME, '_(rest|[0-9]{4}_[0-9]{2})$', '')
        -- An attempt that cost nothing gives way to the end of its request.
        WHEN 'UPDATE charge' THEN "is_allowed" := NEW."request_id" = OLD."request_id"
            AND OLD."amount" = 0 AND OLD."outcome" IN ('void', 'failed');
        -- A claimed event may turn out to charge a settled request.
        WHEN 'UPDATE inbox' THEN "is_allowed" := to_jsonb(NEW) - 'outcome' = to_jsonb(OLD) - 'outcome'
            AND OLD."outcome" = 'settled' AND NEW."outcome" = 'quarantined';
        WHEN 'UPDATE compacted_month' THEN "is_allowed" := OLD."state" <> 'compacted' AND NEW."month" = OLD."month"
            AND NEW."from_id" = OLD."from_id" AND NEW."to_id" = OLD."to_id";
        WHEN 'DELETE charge', 'DELETE statement_line' THEN "is_allowed" := EXISTS (
            SELECT FROM "compacted_month" WHERE "state" = 'exported' AND OLD."request_id" >= "from_id" AND OLD."request_id" < "to_id");
        WHEN 'DELETE inbox' THEN "is_allowed" := EXISTS (
            SELECT FROM "compacted_month" WHERE "state" = 'exported' AND OLD."event_id" >= "from_id"::text AND OLD."event_id" < "to_id"::text);
        ELSE "is_allowed" := false;
    END CASE;
    IF NOT "is_allowed" THEN
        RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER "charge_append_only" BEFORE UPDATE OR DELETE ON "charge" FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_month"();
CREATE TRIGGER "inbox_append_only" BEFORE UPDATE OR DELETE ON "inbox" FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_month"();
CREATE TRIGGER "statement_line_append_only" BEFORE UPDATE OR DELETE ON "statement_line" FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_month"();
CREATE TRIGGER "compacted_month_append_only" BEFORE UPDATE OR DELETE ON "compacted_month" FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_month"();
CREATE TRIGGER "charge_day_append_only" BEFORE UPDATE OR DELETE ON "charge_day" FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
