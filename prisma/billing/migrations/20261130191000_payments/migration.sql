-- Payments by payment providers. What an organisation owes after its bank took a payment back is its `receivable`, below zero.
ALTER TABLE "account" DROP CONSTRAINT "account_kind_check";
ALTER TABLE "account" ADD CONSTRAINT "account_kind_check" CHECK ("kind" IN ('available', 'leased', 'held', 'promotional', 'receivable', 'revenue', 'cash_clearing', 'promo', 'platform_loss', 'payable_disputed', 'cogs', 'payable_provider', 'refunds', 'tax_payable'));
ALTER TABLE "account" DROP CONSTRAINT "account_owner_check";
ALTER TABLE "account" ADD CONSTRAINT "account_owner_check" CHECK (("kind" IN ('available', 'leased', 'held', 'promotional', 'receivable')) = ("org_id" IS NOT NULL));
ALTER TABLE "account" DROP CONSTRAINT "account_balance_check";
ALTER TABLE "account" ADD CONSTRAINT "account_balance_check" CHECK ("kind" NOT IN ('available', 'leased', 'held', 'promotional') OR "balance" >= 0);
INSERT INTO "account" ("id", "kind") VALUES
    ('ffffffff-ffff-4fff-bfff-fffffffffff8', 'refunds'),
    ('ffffffff-ffff-4fff-bfff-fffffffffff9', 'tax_payable');
ALTER TABLE "transfer" DROP CONSTRAINT "transfer_reason_check";
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_reason_check" CHECK ("reason" IN ('charge', 'charge_overrun', 'lease', 'lease_returned', 'lease_reclaimed', 'hold', 'hold_returned', 'top_up', 'sign_up_credit', 'adjustment', 'provider_excess', 'correction', 'cost', 'cost_correction', 'refund', 'refund_returned', 'dispute', 'dispute_won', 'receivable_collected', 'promotional_credit', 'promotional_drawn', 'promotional_expired', 'tax', 'credit_note', 'subscription_fee'));
ALTER TABLE "statement_line" DROP CONSTRAINT "statement_line_type_check";
ALTER TABLE "statement_line" ADD CONSTRAINT "statement_line_type_check" CHECK ("type" IN ('charge', 'top_up', 'sign_up_credit', 'adjustment', 'refund', 'refund_returned', 'dispute', 'promotional_credit', 'promotional_expired', 'subscription_fee', 'credit_note'));

-- CreateTable
CREATE TABLE "payment" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "minor_units" BIGINT NOT NULL,
    "amount" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "saves_method" BOOLEAN NOT NULL DEFAULT false,
    "checkout_url" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "payment_reference" TEXT,
    "failure_code" TEXT,
    "line_id" UUID,
    "refunded" BIGINT NOT NULL DEFAULT 0,
    "disputed" BIGINT NOT NULL DEFAULT 0,
    "actor_user_id" UUID,
    "idempotency_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "credited_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_event" (
    "provider" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "body_hash" BYTEA NOT NULL,
    "body" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "payment_reference" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "handled_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_event_pkey" PRIMARY KEY ("provider","event_id")
);

-- CreateTable
CREATE TABLE "payment_refund" (
    "id" UUID NOT NULL,
    "payment_id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "reason_key" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "refund_reference" TEXT,
    "actor_user_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_refund_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_dispute" (
    "provider" TEXT NOT NULL,
    "dispute_reference" TEXT NOT NULL,
    "payment_id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "state" TEXT NOT NULL,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "payment_dispute_pkey" PRIMARY KEY ("provider","dispute_reference")
);

-- CreateTable
CREATE TABLE "payment_review" (
    "id" UUID NOT NULL,
    "reason" TEXT NOT NULL,
    "org_id" UUID,
    "payment_id" UUID,
    "provider" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "payment_review_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment_customer" (
    "org_id" UUID NOT NULL,
    "provider" TEXT NOT NULL,
    "customer_reference" TEXT NOT NULL,
    "method_reference" TEXT,
    "brand" TEXT,
    "last_digits" TEXT,
    "expiry_month" INTEGER,
    "expiry_year" INTEGER,

    CONSTRAINT "payment_customer_pkey" PRIMARY KEY ("org_id","provider")
);

-- CreateIndex
CREATE INDEX "payment_org_id_id_idx" ON "payment"("org_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "payment_org_id_idempotency_key_key" ON "payment"("org_id", "idempotency_key");

-- CreateIndex
CREATE UNIQUE INDEX "payment_provider_payment_reference_key" ON "payment"("provider", "payment_reference");

-- CreateIndex
CREATE INDEX "payment_event_state_received_at_idx" ON "payment_event"("state", "received_at");

-- CreateIndex
CREATE INDEX "payment_refund_refund_reference_idx" ON "payment_refund"("refund_reference");

-- CreateIndex
CREATE INDEX "payment_refund_status_idx" ON "payment_refund"("status");

-- CreateIndex
CREATE UNIQUE INDEX "payment_refund_payment_id_reason_key_key" ON "payment_refund"("payment_id", "reason_key");

-- CreateIndex
CREATE INDEX "payment_dispute_org_id_state_idx" ON "payment_dispute"("org_id", "state");

-- CreateIndex
CREATE INDEX "payment_review_state_id_idx" ON "payment_review"("state", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "payment_review_provider_event_id_reason_key" ON "payment_review"("provider", "event_id", "reason");

-- CreateIndex
CREATE UNIQUE INDEX "payment_customer_provider_customer_reference_key" ON "payment_customer"("provider", "customer_reference");

ALTER TABLE "payment" ADD CONSTRAINT "payment_check" CHECK ("amount" > 0 AND "minor_units" > 0
    AND "kind" IN ('checkout', 'automatic')
    AND "status" IN ('created', 'open', 'processing', 'succeeded', 'failed', 'expired')
    AND ("status" = 'succeeded') = ("credited_at" IS NOT NULL));
-- All refunds of a payment together never exceed it.
ALTER TABLE "payment" ADD CONSTRAINT "payment_refunded_check" CHECK ("refunded" >= 0 AND "refunded" <= "amount" AND "disputed" >= 0);
ALTER TABLE "payment_event" ADD CONSTRAINT "payment_event_state_check" CHECK ("state" IN ('handled', 'waiting', 'quarantined'));
ALTER TABLE "payment_refund" ADD CONSTRAINT "payment_refund_check" CHECK ("amount" > 0 AND "status" IN ('requested', 'pending', 'succeeded', 'failed'));
ALTER TABLE "payment_dispute" ADD CONSTRAINT "payment_dispute_check" CHECK ("amount" > 0 AND "state" IN ('open', 'won', 'lost'));
ALTER TABLE "payment_review" ADD CONSTRAINT "payment_review_state_check" CHECK ("state" IN ('open', 'closed') AND ("state" = 'closed') = ("closed_at" IS NOT NULL));

-- What proves a payment stays: whose it is and what was asked for never changes, and no row goes.
CREATE FUNCTION "refuse_change_of_payment"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    "is_allowed" BOOLEAN := false;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        CASE TG_TABLE_NAME
            WHEN 'payment' THEN "is_allowed" := NEW."id" = OLD."id" AND NEW."org_id" = OLD."org_id"
                AND NEW."amount" = OLD."amount" AND NEW."minor_units" = OLD."minor_units"
                AND NEW."currency" = OLD."currency" AND NEW."provider" = OLD."provider"
                AND (OLD."status" <> 'succeeded' OR (NEW."status" = 'succeeded' AND NEW."line_id" = OLD."line_id"));
            WHEN 'payment_event' THEN
                "is_allowed" := to_jsonb(NEW) - 'state' - 'handled_at' = to_jsonb(OLD) - 'state' - 'handled_at'
                AND OLD."state" = 'waiting';
            WHEN 'payment_refund' THEN
                "is_allowed" := to_jsonb(NEW) - 'status' - 'refund_reference' = to_jsonb(OLD) - 'status' - 'refund_reference'
                AND OLD."status" <> 'failed';
            WHEN 'payment_dispute' THEN "is_allowed" := to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state'
                AND OLD."state" = 'open';
            WHEN 'payment_review' THEN
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
    FOREACH "name" IN ARRAY ARRAY['payment', 'payment_event', 'payment_refund', 'payment_dispute', 'payment_review'] LOOP
        EXECUTE format('CREATE TRIGGER %I BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_payment"()', "name" || '_append_only', "name");
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"()', "name" || '_no_truncate', "name");
    END LOOP;
END
$$;
