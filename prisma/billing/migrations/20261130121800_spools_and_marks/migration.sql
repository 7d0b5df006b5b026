-- Marks: numbers in growing order, by which billing knows that one moment was after another. No clock is compared.
CREATE SEQUENCE "spool_mark" AS BIGINT;

-- How far each proxy's spool is, as the proxy reports it.
CREATE TABLE "spool" (
    "id" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "issued_mark" BIGINT NOT NULL,
    "passed_mark" BIGINT,
    "passed_epoch" BIGINT,
    "passed_seq" BIGINT,
    "open_requests" INTEGER NOT NULL,
    "unshipped" INTEGER NOT NULL,
    "silent_mark" BIGINT,
    "first_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(6),
    "lost_at" TIMESTAMPTZ(6),
    CONSTRAINT "spool_pkey" PRIMARY KEY ("id")
);

-- Everything that ever left an account: what has been taken since a moment is a difference of two readings.
ALTER TABLE "account" ADD COLUMN "debited" BIGINT NOT NULL DEFAULT 0;

-- When a lease was posted and a hold was made, as marks. 0: before marks existed.
ALTER TABLE "lease" ADD COLUMN "posted_mark" BIGINT NOT NULL DEFAULT 0;
CREATE INDEX "lease_posted_mark_idx" ON "lease" ("org_id", "posted_mark");
ALTER TABLE "request_hold" ADD COLUMN "mark" BIGINT NOT NULL DEFAULT 0;

-- What one instance at a time does, and what came of it the last time.
CREATE TABLE "background_turn" (
    "name" TEXT NOT NULL,
    "holder" UUID NOT NULL,
    "until" TIMESTAMPTZ(6) NOT NULL,
    "finished_at" TIMESTAMPTZ(6),
    "result" JSONB,
    CONSTRAINT "background_turn_pkey" PRIMARY KEY ("name")
);
