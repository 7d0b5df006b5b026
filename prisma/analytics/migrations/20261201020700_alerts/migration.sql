-- Alerts that fire or have fired.
CREATE TABLE "alert" (
    "id" UUID NOT NULL,
    "open_key" TEXT,
    "rule" TEXT NOT NULL,
    "labels" JSONB NOT NULL,
    "severity" TEXT NOT NULL,
    "summary" TEXT NOT NULL,
    "runbook" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "fired_at" TIMESTAMPTZ(3) NOT NULL,
    "cleared_at" TIMESTAMPTZ(3),
    "firing_sent_at" TIMESTAMPTZ(3),
    "cleared_sent_at" TIMESTAMPTZ(3),

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "alert_state_and_key" CHECK (
        ("state" = 'firing' AND "open_key" IS NOT NULL AND "cleared_at" IS NULL)
        OR ("state" = 'cleared' AND "open_key" IS NULL AND "cleared_at" IS NOT NULL)
    )
);

-- An alert fires once at a time.
CREATE UNIQUE INDEX "alert_open_key_key" ON "alert"("open_key");
CREATE INDEX "alert_state_id_idx" ON "alert"("state", "id" DESC);

-- Alerts that match are not sent until then.
CREATE TABLE "alert_silence" (
    "id" UUID NOT NULL,
    "rule" TEXT,
    "labels" JSONB NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "comment" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by_id" UUID,

    CONSTRAINT "alert_silence_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "alert_silence_until_idx" ON "alert_silence"("until");

-- One row: the process that writes alerts, and until when.
CREATE TABLE "alert_lease" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "holder" UUID NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "alert_lease_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "alert_lease_is_one_row" CHECK ("id" = 1)
);
