-- What a provider reported beyond the bounds of a request: the customer pays the bound, and the excess is the platform's
-- loss, owed to the provider until a person has looked at it.
ALTER TABLE "account" DROP CONSTRAINT "account_kind_check";
ALTER TABLE "account" ADD CONSTRAINT "account_kind_check" CHECK ("kind" IN ('available', 'leased', 'held', 'revenue', 'cash_clearing', 'promo', 'platform_loss', 'payable_disputed'));
INSERT INTO "account" ("id", "kind") VALUES ('ffffffff-ffff-4fff-bfff-fffffffffff5', 'payable_disputed');
ALTER TABLE "transfer" DROP CONSTRAINT "transfer_reason_check";
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_reason_check" CHECK ("reason" IN ('charge', 'charge_overrun', 'lease', 'lease_returned', 'lease_reclaimed', 'hold', 'hold_returned', 'top_up', 'sign_up_credit', 'adjustment', 'provider_excess'));

CREATE TABLE "usage_review" (
    "id" UUID NOT NULL,
    "request_id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "charged_usage" JSONB NOT NULL,
    "reported_usage" JSONB NOT NULL,
    "charged" BIGINT NOT NULL,
    "difference" BIGINT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(6),
    CONSTRAINT "usage_review_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "usage_review_state_check" CHECK ("state" IN ('open', 'closed') AND ("state" = 'closed') = ("closed_at" IS NOT NULL))
);
CREATE UNIQUE INDEX "usage_review_request_id_key" ON "usage_review" ("request_id");
CREATE INDEX "usage_review_state_id_idx" ON "usage_review" ("state", "id" DESC);

-- What proves a charge stays. A row may change in the columns that are named, and only so far as the rule says.
CREATE FUNCTION "refuse_change_of_proof"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    "is_allowed" BOOLEAN := false;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        CASE TG_TABLE_NAME
            -- Balances move; whose they are does not, and what has left an account only grows.
            WHEN 'account' THEN "is_allowed" := to_jsonb(NEW) - 'balance' - 'debited' = to_jsonb(OLD) - 'balance' - 'debited'
                AND NEW."debited" >= OLD."debited";
            -- An attempt that cost nothing gives way to the end of its request.
            WHEN 'charge' THEN "is_allowed" := NEW."request_id" = OLD."request_id"
                AND OLD."amount" = 0 AND OLD."outcome" IN ('void', 'failed');
            -- A claimed event may turn out to charge a settled request.
            WHEN 'inbox' THEN "is_allowed" := to_jsonb(NEW) - 'outcome' = to_jsonb(OLD) - 'outcome'
                AND OLD."outcome" = 'settled' AND NEW."outcome" = 'quarantined';
            WHEN 'lease' THEN "is_allowed" := NEW."id" = OLD."id" AND NEW."org_id" = OLD."org_id"
                AND NEW."amount" = OLD."amount" AND NEW."posted_mark" = OLD."posted_mark"
                AND NEW."created_at" = OLD."created_at" AND OLD."status" <> 'closed';
            WHEN 'usage_review' THEN
                "is_allowed" := to_jsonb(NEW) - 'state' - 'closed_at' = to_jsonb(OLD) - 'state' - 'closed_at'
                AND OLD."state" = 'open';
            ELSE "is_allowed" := false;
        END CASE;
    END IF;
    IF "is_allowed" THEN RETURN NEW; END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
DO $$
DECLARE
    "name" TEXT;
BEGIN
    FOREACH "name" IN ARRAY ARRAY['account', 'charge', 'inbox', 'quarantine', 'lease', 'usage_review'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_proof"()', "name" || '_append_only', "name");
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"()', "name" || '_no_truncate', "name");
    END LOOP;
END
$$;
