-- CreateTable
CREATE TABLE "usage_rollup" (
    "org_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "key_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "requests" BIGINT NOT NULL,
    "completed" BIGINT NOT NULL,
    "failed" BIGINT NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "amount_nano_usd" BIGINT NOT NULL,
    "latency_ms_sum" BIGINT NOT NULL,

    CONSTRAINT "usage_rollup_pkey" PRIMARY KEY ("org_id","hour","provider","model","key_id","user_id")
);

-- CreateTable
CREATE TABLE "inbox" (
    "event_id" TEXT NOT NULL,
    "body_hash" BYTEA NOT NULL,

    CONSTRAINT "inbox_pkey" PRIMARY KEY ("event_id")
);

-- What the schema language cannot say.
ALTER TABLE "usage_rollup" ADD CONSTRAINT "usage_rollup_counters" CHECK (
    "requests" > 0 AND "completed" >= 0 AND "failed" >= 0 AND "completed" + "failed" <= "requests"
    AND "input_tokens" >= 0 AND "output_tokens" >= 0 AND "amount_nano_usd" >= 0 AND "latency_ms_sum" >= 0
);
