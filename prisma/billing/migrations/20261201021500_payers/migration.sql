-- One organisation pays for others. `payer_id` of `leased` and `held` says whose money they contain; of a statement line, who paid it.
ALTER TABLE "account" ADD COLUMN "payer_id" UUID;
CREATE INDEX "account_payer_id_idx" ON "account"("payer_id") WHERE "payer_id" IS NOT NULL;
ALTER TABLE "statement_line" ADD COLUMN "payer_id" UUID;
CREATE INDEX "statement_line_payer_id_idx" ON "statement_line"("payer_id", "id" DESC) WHERE "payer_id" IS NOT NULL;

-- CreateTable
CREATE TABLE "paid_organization" (
    "org_id" UUID NOT NULL,
    "payer_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "paid_organization_pkey" PRIMARY KEY ("org_id"),
    CONSTRAINT "paid_organization_state_check" CHECK ("state" IN ('asked', 'attached', 'detaching')),
    CONSTRAINT "paid_organization_sides_check" CHECK ("org_id" <> "payer_id")
);

-- CreateIndex
CREATE INDEX "paid_organization_payer_id_org_id_idx" ON "paid_organization"("payer_id", "org_id");

-- A credit limit is money that the platform has lent: `credit_line` is below zero by it.
ALTER TABLE "account" DROP CONSTRAINT "account_kind_check";
ALTER TABLE "account" ADD CONSTRAINT "account_kind_check" CHECK ("kind" IN ('available', 'leased', 'held', 'promotional', 'receivable', 'credit_line', 'revenue', 'cash_clearing', 'promo', 'platform_loss', 'payable_disputed', 'cogs', 'payable_provider', 'refunds', 'tax_payable'));
ALTER TABLE "account" DROP CONSTRAINT "account_owner_check";
ALTER TABLE "account" ADD CONSTRAINT "account_owner_check" CHECK (("kind" IN ('available', 'leased', 'held', 'promotional', 'receivable', 'credit_line')) = ("org_id" IS NOT NULL));
ALTER TABLE "account" ADD CONSTRAINT "account_payer_check" CHECK ("payer_id" IS NULL OR ("kind" IN ('leased', 'held') AND "payer_id" <> "org_id"));
ALTER TABLE "account" ADD CONSTRAINT "account_credit_line_check" CHECK ("kind" <> 'credit_line' OR "balance" <= 0);
-- Rows that are there have one of the old reasons, all of which are still valid: they are not read again.
ALTER TABLE "transfer" DROP CONSTRAINT "transfer_reason_check";
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_reason_check" CHECK ("reason" IN ('charge', 'charge_overrun', 'lease', 'lease_returned', 'lease_reclaimed', 'hold', 'hold_returned', 'top_up', 'sign_up_credit', 'adjustment', 'provider_excess', 'correction', 'cost', 'cost_correction', 'refund', 'refund_returned', 'dispute', 'dispute_won', 'receivable_collected', 'promotional_credit', 'promotional_drawn', 'promotional_expired', 'tax', 'credit_note', 'subscription_fee', 'payer_changed', 'credit_line')) NOT VALID;

-- Balances move, and a payer comes and goes. Whose an account is does not change, and what has left an account only grows.
CREATE FUNCTION "refuse_change_of_account"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF to_jsonb(NEW) - 'balance' - 'debited' - 'payer_id' = to_jsonb(OLD) - 'balance' - 'debited' - 'payer_id'
            AND NEW."debited" >= OLD."debited" THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END
$$;
DROP TRIGGER "account_append_only" ON "account";
CREATE TRIGGER "account_append_only" BEFORE UPDATE OR DELETE ON "account" FOR EACH ROW EXECUTE FUNCTION "refuse_change_of_account"();
