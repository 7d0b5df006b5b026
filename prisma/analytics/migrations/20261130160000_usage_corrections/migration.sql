-- What the event charged; a correction must name the same. Null for events of before.
ALTER TABLE "inbox" ADD COLUMN "amount_nano_usd" BIGINT;

-- Corrections of estimates. A correction that came before its settlement waits; each is added once.
CREATE TABLE "usage_correction" (
    "request_id" UUID NOT NULL,
    "body_hash" BYTEA NOT NULL,
    "body" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    CONSTRAINT "usage_correction_pkey" PRIMARY KEY ("request_id"),
    CONSTRAINT "usage_correction_state_check" CHECK ("state" IN ('waiting', 'added', 'refused'))
);
CREATE INDEX "usage_correction_waiting_idx" ON "usage_correction" ("request_id") WHERE "state" = 'waiting';
