-- What of a budget is allotted to the counter store and spent, in each of its periods.
CREATE TABLE "budget_period" (
    "org_id" UUID NOT NULL,
    "budget_id" UUID NOT NULL,
    "period" TEXT NOT NULL,
    "ends_at" TIMESTAMPTZ(3),
    "allotted" BIGINT NOT NULL DEFAULT 0,
    "spent" BIGINT NOT NULL DEFAULT 0,
    "held" BIGINT NOT NULL DEFAULT 0,
    "returned" BIGINT NOT NULL DEFAULT 0,
    "revision" BIGINT NOT NULL DEFAULT 0,
    "since_mark" BIGINT NOT NULL DEFAULT nextval('spool_mark'),
    "granted_at" TIMESTAMPTZ(6),
    "updated_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "budget_period_pkey" PRIMARY KEY ("budget_id", "period"),
    CONSTRAINT "budget_period_is_not_negative" CHECK ("allotted" >= 0 AND "held" >= 0 AND "returned" >= 0 AND "revision" >= 0)
);
-- Those that may have something to return.
CREATE INDEX "budget_period_outstanding_idx" ON "budget_period" ("budget_id", "period") WHERE "allotted" > "spent";

-- Budgets that count a request.
ALTER TABLE "charge" ADD COLUMN "budgets" JSONB;
ALTER TABLE "request_hold" ADD COLUMN "budgets" JSONB;
