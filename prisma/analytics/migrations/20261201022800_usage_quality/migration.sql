-- How requests went, by minute, hour and day. Delays are sketches: counts by bucket, which merge without loss.
CREATE TABLE "usage_quality" (
    "org_id" UUID NOT NULL,
    "step" TEXT NOT NULL,
    "start" TIMESTAMPTZ(0) NOT NULL,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "requests" BIGINT NOT NULL DEFAULT 0,
    "completed" BIGINT NOT NULL DEFAULT 0,
    "failed" BIGINT NOT NULL DEFAULT 0,
    "aborted" BIGINT NOT NULL DEFAULT 0,
    "cache_hits" BIGINT NOT NULL DEFAULT 0,
    "cache_saved_nano_usd" BIGINT NOT NULL DEFAULT 0,
    "errors" JSONB NOT NULL DEFAULT '{}',
    "latency" JSONB NOT NULL DEFAULT '{}',
    "first_token" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "usage_quality_pkey" PRIMARY KEY ("org_id", "step", "start", "provider", "model"),
    CONSTRAINT "usage_quality_step" CHECK ("step" IN ('minute', 'hour', 'day')),
    CONSTRAINT "usage_quality_counters" CHECK (
        "completed" >= 0 AND "failed" >= 0 AND "aborted" >= 0 AND "completed" + "failed" + "aborted" = "requests"
    )
);
CREATE INDEX "usage_quality_step_start_idx" ON "usage_quality"("step", "start");
