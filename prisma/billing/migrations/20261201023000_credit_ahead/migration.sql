-- Included credit that was spent and that no fee paid: a subscription of the same time gives so much less.
ALTER TABLE "subscription" ADD COLUMN "credit_ahead" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_credit_ahead_check" CHECK ("credit_ahead" >= 0);
