-- Notices of money on their way to auth, the warnings that are raised, and what was spent on each day.
CREATE TABLE "notice" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "data" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "notice_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "notice_due_at_idx" ON "notice" ("due_at");
CREATE TABLE "raised_warning" (
    "org_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "raised_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "raised_warning_pkey" PRIMARY KEY ("org_id", "type", "key")
);
CREATE INDEX "raised_warning_type_raised_at_idx" ON "raised_warning" ("type", "raised_at");
CREATE TABLE "spending_day" (
    "org_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "spent" BIGINT NOT NULL,
    CONSTRAINT "spending_day_pkey" PRIMARY KEY ("day", "org_id")
);
-- How far statement lines are counted in `spending_day`; what was charged before this migration is not counted.
CREATE TABLE "spending_progress" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "up_to" UUID NOT NULL,
    CONSTRAINT "spending_progress_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "spending_progress_id_check" CHECK ("id" = 1)
);
INSERT INTO "spending_progress" ("up_to")
    SELECT coalesce((SELECT "id" FROM "statement_line" ORDER BY "id" DESC LIMIT 1), '00000000-0000-0000-0000-000000000000');
