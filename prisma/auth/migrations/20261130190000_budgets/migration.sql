-- What an organisation, a team, a user or a key may spend in a period.
CREATE TABLE "budget" (
    "id" UUID NOT NULL,
    "organization_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "subject_id" UUID NOT NULL,
    "period" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "amount" BIGINT NOT NULL,
    "models" JSONB,
    "mode" TEXT NOT NULL,
    "alerts_at" INTEGER[] NOT NULL,
    "changed_by_id" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "budget_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "budget_organization_id_fkey" FOREIGN KEY ("organization_id") REFERENCES "organization" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "budget_level_check" CHECK ("level" IN ('organization', 'team', 'user', 'key', 'end_user')),
    CONSTRAINT "budget_period_check" CHECK ("period" IN ('day', 'week', 'month', 'total')),
    CONSTRAINT "budget_mode_check" CHECK ("mode" IN ('hard', 'warn')),
    CONSTRAINT "budget_amount_check" CHECK ("amount" > 0 AND "amount" < 9007199254740992)
);
CREATE INDEX "budget_organization_id_id_idx" ON "budget" ("organization_id", "id");
CREATE INDEX "budget_organization_id_subject_id_idx" ON "budget" ("organization_id", "subject_id");

-- A new budget takes something from keys and sessions, too.
CREATE TRIGGER "budget_grows_epoch" AFTER INSERT OR UPDATE OR DELETE ON "budget"
    FOR EACH ROW EXECUTE FUNCTION "grow_key_epoch"();
