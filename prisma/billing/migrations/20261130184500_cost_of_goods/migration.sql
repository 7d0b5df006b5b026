-- What providers charge us: `cogs` is minus what was spent, `payable_provider` what is owed for it.
ALTER TABLE "account" DROP CONSTRAINT "account_kind_check";
ALTER TABLE "account" ADD CONSTRAINT "account_kind_check" CHECK ("kind" IN ('available', 'leased', 'held', 'revenue', 'cash_clearing', 'promo', 'platform_loss', 'payable_disputed', 'cogs', 'payable_provider'));
INSERT INTO "account" ("id", "kind") VALUES
    ('ffffffff-ffff-4fff-bfff-fffffffffff6', 'cogs'),
    ('ffffffff-ffff-4fff-bfff-fffffffffff7', 'payable_provider');
ALTER TABLE "transfer" DROP CONSTRAINT "transfer_reason_check";
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_reason_check" CHECK ("reason" IN ('charge', 'charge_overrun', 'lease', 'lease_returned', 'lease_reclaimed', 'hold', 'hold_returned', 'top_up', 'sign_up_credit', 'adjustment', 'provider_excess', 'correction', 'cost', 'cost_correction'));

-- Null in charges of before: their cost was not booked.
ALTER TABLE "charge" ADD COLUMN "cost" BIGINT;
ALTER TABLE "charge" ADD CONSTRAINT "charge_cost_check" CHECK ("cost" >= 0);
-- Set if an attempt failed.
ALTER TABLE "charge" ADD COLUMN "attempts" JSONB;
ALTER TABLE "usage_correction" ADD COLUMN "cost_difference" BIGINT;

-- As before; the difference of the cost is decided with the other.
CREATE OR REPLACE FUNCTION "refuse_change_of_proof"() RETURNS trigger LANGUAGE plpgsql AS $$
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
            -- A correction waits for its settlement, and is decided once.
            WHEN 'usage_correction' THEN
                "is_allowed" := to_jsonb(NEW) - 'state' - 'difference' - 'cost_difference' - 'decided_at' = to_jsonb(OLD) - 'state' - 'difference' - 'cost_difference' - 'decided_at'
                AND OLD."state" = 'waiting';
            ELSE "is_allowed" := false;
        END CASE;
    END IF;
    IF "is_allowed" THEN RETURN NEW; END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
