-- Plans, subscriptions, and what each took or returned.
CREATE TABLE "subscription_plan" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "fee" BIGINT NOT NULL,
    "included_credit" BIGINT NOT NULL,
    "trial_days" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),
    CONSTRAINT "subscription_plan_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "subscription_plan_check" CHECK ("fee" >= 0 AND "included_credit" >= 0 AND "trial_days" BETWEEN 0 AND 90)
);
CREATE UNIQUE INDEX "subscription_plan_name_key" ON "subscription_plan" ("name");
CREATE TABLE "subscription" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "plan_id" UUID NOT NULL,
    "state" TEXT NOT NULL,
    "anchor" TIMESTAMPTZ(3) NOT NULL,
    "period_index" INTEGER NOT NULL,
    "period_start" TIMESTAMPTZ(3) NOT NULL,
    "period_end" TIMESTAMPTZ(3) NOT NULL,
    "had_trial" BOOLEAN NOT NULL,
    "cancels_at_end" BOOLEAN NOT NULL DEFAULT false,
    "grace_ends_at" TIMESTAMPTZ(3),
    "card_asked_at" TIMESTAMPTZ(3),
    "next_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "subscription_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "subscription_plan_id_fkey" FOREIGN KEY ("plan_id") REFERENCES "subscription_plan" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "subscription_check" CHECK ("state" IN ('trialing', 'active', 'past_due', 'suspended', 'ended')
        AND ("state" = 'ended') = ("ended_at" IS NOT NULL) AND "period_end" > "period_start")
);
-- One that has not ended for an organisation.
CREATE UNIQUE INDEX "subscription_open_key" ON "subscription" ("org_id") WHERE "state" <> 'ended';
CREATE INDEX "subscription_org_id_id_idx" ON "subscription" ("org_id", "id" DESC);
CREATE INDEX "subscription_due_idx" ON "subscription" ("next_at") WHERE "state" <> 'ended';
CREATE TABLE "subscription_charge" (
    "subscription_id" UUID NOT NULL,
    "key" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "line_id" UUID NOT NULL,
    "time" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "subscription_charge_pkey" PRIMARY KEY ("subscription_id", "key"),
    CONSTRAINT "subscription_charge_subscription_id_fkey" FOREIGN KEY ("subscription_id") REFERENCES "subscription" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE TRIGGER "subscription_charge_append_only" BEFORE UPDATE OR DELETE ON "subscription_charge"
    FOR EACH ROW EXECUTE FUNCTION "refuse_change"();
CREATE TRIGGER "subscription_charge_no_truncate" BEFORE TRUNCATE ON "subscription_charge"
    FOR EACH STATEMENT EXECUTE FUNCTION "refuse_change"();
