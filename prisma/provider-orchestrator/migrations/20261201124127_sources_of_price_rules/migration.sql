-- Who set a rule, as price_period has it. Rules of before were set by the API.
ALTER TABLE "price_rule"
    ADD COLUMN "source" TEXT NOT NULL DEFAULT 'api',
    ADD COLUMN "owner" TEXT,
    ADD CONSTRAINT "price_rule_source_check" CHECK ("source" IN ('api', 'file', 'kubernetes'));
