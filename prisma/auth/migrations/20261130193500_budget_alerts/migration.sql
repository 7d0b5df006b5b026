-- Alerts that were sent: each percent once in a period.
CREATE TABLE "budget_alert" (
    "budget_id" UUID NOT NULL,
    "period" TEXT NOT NULL,
    "percent" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "budget_alert_pkey" PRIMARY KEY ("budget_id", "period", "percent"),
    CONSTRAINT "budget_alert_budget_id_fkey" FOREIGN KEY ("budget_id") REFERENCES "budget" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
