-- What the checks R1 to R6 compared, and the differences that they found.
CREATE TABLE "reconciliation_report" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "differences" INTEGER NOT NULL,
    "facts" JSONB NOT NULL,
    "hash" BYTEA NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "reconciliation_report_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "reconciliation_report_kind_id_idx" ON "reconciliation_report" ("kind", "id" DESC);

CREATE TABLE "reconciliation_difference" (
    "id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "org_id" UUID,
    "subject" TEXT NOT NULL,
    "details" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "verdict" TEXT,
    "note" TEXT,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "judged_at" TIMESTAMPTZ(3),
    CONSTRAINT "reconciliation_difference_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "reconciliation_difference_state_check" CHECK ("state" IN ('open', 'judged')),
    CONSTRAINT "reconciliation_difference_verdict_check" CHECK (("state" = 'judged') = ("verdict" IS NOT NULL))
);
-- The same difference again is no second one; a difference of the whole installation has no organisation.
CREATE UNIQUE INDEX "reconciliation_difference_subject_key"
    ON "reconciliation_difference" ("kind", "org_id", "subject") NULLS NOT DISTINCT;
CREATE INDEX "reconciliation_difference_open_idx" ON "reconciliation_difference" ("org_id") WHERE "state" = 'open';
CREATE INDEX "reconciliation_difference_state_id_idx" ON "reconciliation_difference" ("state", "id" DESC);

CREATE TRIGGER "reconciliation_report_append_only" BEFORE UPDATE OR DELETE ON "reconciliation_report"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "reconciliation_report_no_truncate" BEFORE TRUNCATE ON "reconciliation_report"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();

-- Charges of an hour are found without a large index: they are written in the order of time.
CREATE INDEX "charge_time_brin" ON "charge" USING brin ("time") WITH (pages_per_range = 32, autosummarize = on);
