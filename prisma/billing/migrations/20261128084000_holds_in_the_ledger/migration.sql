-- What a request may cost, held in the ledger itself while the counter store is away.
ALTER TABLE "account" DROP CONSTRAINT "account_kind_check";
ALTER TABLE "account" ADD CONSTRAINT "account_kind_check" CHECK ("kind" IN ('available', 'leased', 'held', 'revenue', 'cash_clearing', 'promo', 'platform_loss'));
ALTER TABLE "account" DROP CONSTRAINT "account_owner_check";
ALTER TABLE "account" ADD CONSTRAINT "account_owner_check" CHECK (("kind" IN ('available', 'leased', 'held')) = ("org_id" IS NOT NULL));
ALTER TABLE "account" DROP CONSTRAINT "account_balance_check";
ALTER TABLE "account" ADD CONSTRAINT "account_balance_check" CHECK ("kind" NOT IN ('available', 'leased', 'held') OR "balance" >= 0);
ALTER TABLE "transfer" DROP CONSTRAINT "transfer_reason_check";
ALTER TABLE "transfer" ADD CONSTRAINT "transfer_reason_check" CHECK ("reason" IN ('charge', 'charge_overrun', 'lease', 'lease_returned', 'lease_reclaimed', 'hold', 'hold_returned', 'top_up', 'sign_up_credit', 'adjustment'));

INSERT INTO "account" ("id", "org_id", "kind")
    SELECT gen_random_uuid(), "org_id", 'held' FROM "account" WHERE "kind" = 'available';

CREATE TABLE "request_hold" (
    "request_id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "amount" BIGINT NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "closed_at" TIMESTAMPTZ(6),
    CONSTRAINT "request_hold_pkey" PRIMARY KEY ("request_id"),
    CONSTRAINT "request_hold_amount_check" CHECK ("amount" > 0)
);
CREATE INDEX "request_hold_open_idx" ON "request_hold" ("expires_at") WHERE "closed_at" IS NULL;
CREATE INDEX "request_hold_closed_idx" ON "request_hold" ("closed_at") WHERE "closed_at" IS NOT NULL;
