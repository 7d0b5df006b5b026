-- The part of usage_rollup that has a team or tags, with both: a reader of teams and tags finds the rest in usage_rollup.
CREATE TABLE "usage_detail" (
    "org_id" UUID NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "key_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "team_id" UUID NOT NULL,
    "tags_hash" BYTEA NOT NULL,
    "tags" JSONB NOT NULL,
    "requests" BIGINT NOT NULL,
    "completed" BIGINT NOT NULL,
    "failed" BIGINT NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "amount_nano_usd" BIGINT NOT NULL,
    "latency_ms_sum" BIGINT NOT NULL,
    CONSTRAINT "usage_detail_pkey" PRIMARY KEY ("org_id", "hour", "provider", "model", "key_id", "user_id", "team_id", "tags_hash")
);
