-- Sums of whole days, so that a long range reads few rows. Triggers keep them equal to the hours, whoever writes those: a
-- late event and a correction change the day by the difference of the hour, and a repeat changes neither.
CREATE TABLE "usage_day" (
    "org_id" UUID NOT NULL,
    "day" TIMESTAMPTZ(0) NOT NULL,
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
    CONSTRAINT "usage_day_pkey" PRIMARY KEY ("org_id", "day", "provider", "model", "key_id", "user_id")
);
CREATE TABLE "usage_detail_day" (
    "org_id" UUID NOT NULL,
    "day" TIMESTAMPTZ(0) NOT NULL,
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
    CONSTRAINT "usage_detail_day_pkey" PRIMARY KEY ("org_id", "day", "provider", "model", "key_id", "user_id", "team_id", "tags_hash")
);

-- Sums of minutes. They are kept for two days.
CREATE TABLE "usage_minute" (
    "org_id" UUID NOT NULL,
    "minute" TIMESTAMPTZ(0) NOT NULL,
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
    CONSTRAINT "usage_minute_pkey" PRIMARY KEY ("org_id", "minute", "provider", "model", "key_id", "user_id")
);
CREATE INDEX "usage_minute_minute_idx" ON "usage_minute"("minute");

-- usage_rollup → usage_day
CREATE FUNCTION usage_day_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_day AS own (org_id, day, provider, model, key_id, user_id,
    requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum)
  SELECT org_id, date_trunc('day', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', provider, model, key_id, user_id,
    sum(requests), sum(completed), sum(failed), sum(input_tokens), sum(output_tokens), sum(amount_nano_usd), sum(latency_ms_sum)
  FROM new_rows
  GROUP BY 1, 2, 3, 4, 5, 6
  ORDER BY 1, 2, 3, 4, 5, 6
  ON CONFLICT (org_id, day, provider, model, key_id, user_id) DO UPDATE SET
    requests = own.requests + excluded.requests,
    completed = own.completed + excluded.completed,
    failed = own.failed + excluded.failed,
    input_tokens = own.input_tokens + excluded.input_tokens,
    output_tokens = own.output_tokens + excluded.output_tokens,
    amount_nano_usd = own.amount_nano_usd + excluded.amount_nano_usd,
    latency_ms_sum = own.latency_ms_sum + excluded.latency_ms_sum;
  RETURN NULL;
END $$;
CREATE FUNCTION usage_day_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_day AS own (org_id, day, provider, model, key_id, user_id,
    requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum)
  SELECT org_id, date_trunc('day', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', provider, model, key_id, user_id,
    sum(requests), sum(completed), sum(failed), sum(input_tokens), sum(output_tokens), sum(amount_nano_usd), sum(latency_ms_sum)
  FROM (
    SELECT org_id, hour, provider, model, key_id, user_id, requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum FROM new_rows
    UNION ALL
    SELECT org_id, hour, provider, model, key_id, user_id, -requests, -completed, -failed, -input_tokens, -output_tokens, -amount_nano_usd, -latency_ms_sum FROM old_rows
  ) AS change
  GROUP BY 1, 2, 3, 4, 5, 6
  ORDER BY 1, 2, 3, 4, 5, 6
  ON CONFLICT (org_id, day, provider, model, key_id, user_id) DO UPDATE SET
    requests = own.requests + excluded.requests,
    completed = own.completed + excluded.completed,
    failed = own.failed + excluded.failed,
    input_tokens = own.input_tokens + excluded.input_tokens,
    output_tokens = own.output_tokens + excluded.output_tokens,
    amount_nano_usd = own.amount_nano_usd + excluded.amount_nano_usd,
    latency_ms_sum = own.latency_ms_sum + excluded.latency_ms_sum;
  RETURN NULL;
END $$;
CREATE FUNCTION usage_day_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE usage_day;
  RETURN NULL;
END $$;
LOCK TABLE usage_rollup IN SHARE ROW EXCLUSIVE MODE;
CREATE TRIGGER usage_day_add AFTER INSERT ON usage_rollup REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION usage_day_add();
CREATE TRIGGER usage_day_change AFTER UPDATE ON usage_rollup REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION usage_day_change();
CREATE TRIGGER usage_day_empty AFTER TRUNCATE ON usage_rollup
  FOR EACH STATEMENT EXECUTE FUNCTION usage_day_empty();
-- What is there already.
INSERT INTO usage_day (org_id, day, provider, model, key_id, user_id,
  requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum)
SELECT org_id, date_trunc('day', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', provider, model, key_id, user_id,
  sum(requests), sum(completed), sum(failed), sum(input_tokens), sum(output_tokens), sum(amount_nano_usd), sum(latency_ms_sum)
FROM usage_rollup
GROUP BY 1, 2, 3, 4, 5, 6;

-- usage_detail → usage_detail_day
CREATE FUNCTION usage_detail_day_add() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_detail_day AS own (org_id, day, provider, model, key_id, user_id, team_id, tags_hash, tags,
    requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum)
  SELECT org_id, date_trunc('day', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', provider, model, key_id, user_id, team_id, tags_hash, (array_agg(tags))[1],
    sum(requests), sum(completed), sum(failed), sum(input_tokens), sum(output_tokens), sum(amount_nano_usd), sum(latency_ms_sum)
  FROM new_rows
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (org_id, day, provider, model, key_id, user_id, team_id, tags_hash) DO UPDATE SET
    requests = own.requests + excluded.requests,
    completed = own.completed + excluded.completed,
    failed = own.failed + excluded.failed,
    input_tokens = own.input_tokens + excluded.input_tokens,
    output_tokens = own.output_tokens + excluded.output_tokens,
    amount_nano_usd = own.amount_nano_usd + excluded.amount_nano_usd,
    latency_ms_sum = own.latency_ms_sum + excluded.latency_ms_sum;
  RETURN NULL;
END $$;
CREATE FUNCTION usage_detail_day_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_detail_day AS own (org_id, day, provider, model, key_id, user_id, team_id, tags_hash, tags,
    requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum)
  SELECT org_id, date_trunc('day', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', provider, model, key_id, user_id, team_id, tags_hash, (array_agg(tags))[1],
    sum(requests), sum(completed), sum(failed), sum(input_tokens), sum(output_tokens), sum(amount_nano_usd), sum(latency_ms_sum)
  FROM (
    SELECT org_id, hour, provider, model, key_id, user_id, team_id, tags_hash, tags, requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum FROM new_rows
    UNION ALL
    SELECT org_id, hour, provider, model, key_id, user_id, team_id, tags_hash, tags, -requests, -completed, -failed, -input_tokens, -output_tokens, -amount_nano_usd, -latency_ms_sum FROM old_rows
  ) AS change
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
  ON CONFLICT (org_id, day, provider, model, key_id, user_id, team_id, tags_hash) DO UPDATE SET
    requests = own.requests + excluded.requests,
    completed = own.completed + excluded.completed,
    failed = own.failed + excluded.failed,
    input_tokens = own.input_tokens + excluded.input_tokens,
    output_tokens = own.output_tokens + excluded.output_tokens,
    amount_nano_usd = own.amount_nano_usd + excluded.amount_nano_usd,
    latency_ms_sum = own.latency_ms_sum + excluded.latency_ms_sum;
  RETURN NULL;
END $$;
CREATE FUNCTION usage_detail_day_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  TRUNCATE usage_detail_day;
  RETURN NULL;
END $$;
LOCK TABLE usage_detail IN SHARE ROW EXCLUSIVE MODE;
CREATE TRIGGER usage_detail_day_add AFTER INSERT ON usage_detail REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION usage_detail_day_add();
CREATE TRIGGER usage_detail_day_change AFTER UPDATE ON usage_detail REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION usage_detail_day_change();
CREATE TRIGGER usage_detail_day_empty AFTER TRUNCATE ON usage_detail
  FOR EACH STATEMENT EXECUTE FUNCTION usage_detail_day_empty();
-- What is there already.
INSERT INTO usage_detail_day (org_id, day, provider, model, key_id, user_id, team_id, tags_hash, tags,
  requests, completed, failed, input_tokens, output_tokens, amount_nano_usd, latency_ms_sum)
SELECT org_id, date_trunc('day', hour AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', provider, model, key_id, user_id, team_id, tags_hash, (array_agg(tags))[1],
  sum(requests), sum(completed), sum(failed), sum(input_tokens), sum(output_tokens), sum(amount_nano_usd), sum(latency_ms_sum)
FROM usage_detail
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;

-- Reads of one organisation see its rows alone.
ALTER TABLE "usage_day" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "usage_day" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "usage_detail_day" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "usage_detail_day" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
ALTER TABLE "usage_minute" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant" ON "usage_minute" USING (
    (SELECT current_user <> 'aggregator_tenant') OR "org_id" = (SELECT nullif(current_setting('app.organization', true), '')::uuid)
);
