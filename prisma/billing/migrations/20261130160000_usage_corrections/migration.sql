-- What a provider's record says of a request that was settled by an estimate. The difference is posted once.
ALTER TABLE "transfer" DROP CONSTRAINT "transfer_reason_check";
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_reason_check" CHECK ("reason" IN ('charge', 'charge_overrun', 'lease', 'lease_returned', 'lease_reclaimed', 'hold', 'hold_returned', 'top_up', 'sign_up_credit', 'adjustment', 'provider_excess', 'correction'));

CREATE TABLE "usage_correction" (
    "request_id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "body_hash" BYTEA NOT NULL,
    "body" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "difference" BIGINT,
    "received_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "decided_at" TIMESTAMPTZ(6),
    CONSTRAINT "usage_correction_pkey" PRIMARY KEY ("request_id"),
    CONSTRAINT "usage_correction_state_check" CHECK ("state" IN ('waiting', 'posted', 'refused')
        AND ("state" = 'waiting') = ("decided_at" IS NULL) AND ("state" = 'posted') = ("difference" IS NOT NULL))
);
CREATE INDEX "usage_correction_waiting_idx" ON "usage_correction" ("request_id") WHERE "state" = 'waiting';

-- As before, and one more table.
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
                "is_allowed" := to_jsonb(NEW) - 'state' - 'difference' - 'decided_at' = to_jsonb(OLD) - 'state' - 'difference' - 'decided_at'
                AND OLD."state" = 'waiting';
            ELSE "is_allowed" := false;
        END CASE;
    END IF;
    IF "is_allowed" THEN RETURN NEW; END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
CREATE TRIGGER "usage_correction_append_only" BEFORE UPDATE OR DELETE ON "usage_correction"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_proof"();
CREATE TRIGGER "usage_correction_no_truncate" BEFORE TRUNCATE ON "usage_correction"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
