-- The spending that billing reported last, so that auth can send alerts.
ALTER TABLE "budget_period" ADD COLUMN "reported" BIGINT NOT NULL DEFAULT 0;
CREATE INDEX "budget_period_unreported_idx" ON "budget_period" ("updated_at") WHERE "spent" <> "reported";
