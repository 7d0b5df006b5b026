// `npm run analytics:bench -- [events] [requests]`: adds events of usage to the rollups on the PostgreSQL server of
// POSTGRES_URL, in a separate database that it drops, and prints events per second and CPU time of this process. Then it
// writes rollups of `requests` requests of one organisation in 30 days, and prints the time of queries over them.
// Without arguments: 100,000 events, 10,000,000 requests.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { ensureDatabase, migrateDatabase, withConnection } from '@aggregator/database';
import { processEnvironment } from '@aggregator/service-kit';
import { handleUsageRecorded } from '../apps/analytics/src/consumers/usage-recorded.ts';
import { createDatabase, type Database } from '../apps/analytics/src/database/create-database.ts';
import { readActivity } from '../apps/analytics/src/quality/read-activity.ts';
import { readQuality } from '../apps/analytics/src/quality/read-quality.ts';
import { usageEvent } from '../apps/analytics/src/testing/usage-event.ts';
import { readUsage } from '../apps/analytics/src/usage/read-usage.ts';

const [events = 100_000, requests = 10_000_000] = process.argv.slice(2).map(Number);
const batch = 1000;
const [models, keys, days] = [5, 40, 30];
const server = processEnvironment().POSTGRES_URL;
if (!server) {
  process.stderr.write('Set POSTGRES_URL to a PostgreSQL server.\n');
  process.exit(2);
}
const fromMs = Date.parse('2026-11-01T00:00:00Z');
const orgId = randomUUID();
const people = Array.from({ length: keys }, () => ({ userId: randomUUID(), keyId: randomUUID() }));

function makeBatch(start: number) {
  return Array.from({ length: batch }, (_, index) => {
    const place = start + index;
    const event = usageEvent({
      ...{ orgId, ...people[place % keys], model: `model-${place % models}`, latencyMs: (place * 7919) % 9000 },
      ...{ ttftMs: (place * 104_729) % 900, time: new Date(fromMs + place * 20).toISOString() },
    });
    return { topic: 'usage.recorded', value: JSON.stringify(event), key: orgId, partition: 0, offset: String(place) };
  });
}

const silent = { usageAdded: () => undefined, usageRejected: () => undefined, consumerFailed: () => undefined };

async function measureIngest(database: Database): Promise<void> {
  await handleUsageRecorded(makeBatch(0), database, silent);
  let [cpu, seconds] = [0, 0];
  for (let start = batch; start <= events; start += batch) {
    const records = makeBatch(start);
    const [usedBefore, startedMs] = [process.cpuUsage(), performance.now()];
    await handleUsageRecorded(records, database, silent);
    const used = process.cpuUsage(usedBefore);
    cpu += used.user + used.system;
    seconds += (performance.now() - startedMs) / 1000;
  }
  process.stdout.write(
    `${events} events: ${Math.round(events / seconds)} events/s with the server on this machine, ` +
      `${(cpu / events).toFixed(1)} us of CPU each (${Math.round((events * 1e6) / cpu)} events/s of one core)\n`,
  );
}

/** Rows as the events of 30 days would have made them: each key calls each model in each hour. */
async function writeRollups(database: Database): Promise<void> {
  const each = Math.ceil(requests / (days * 24 * models * keys));
  await database.$executeRaw`TRUNCATE usage_rollup, usage_detail, usage_minute, usage_quality, inbox`;
  const teamId = randomUUID();
  for (const { userId, keyId } of people) {
    await database.$executeRaw`
      INSERT INTO usage_rollup SELECT ${orgId}::uuid, to_timestamp(${fromMs / 1000}::float8 + hour * 3600), 'openai',
        'model-' || model, ${keyId}::uuid, ${userId}::uuid, ${each}::bigint, ${each}::bigint, 0, 1000, 500, 4500, 70000
      FROM generate_series(0, ${days * 24 - 1}::int) AS hour, generate_series(0, ${models - 1}::int) AS model`;
    await database.$executeRaw`
      INSERT INTO usage_minute SELECT ${orgId}::uuid, to_timestamp(${fromMs / 1000}::float8 + minute * 60), 'openai',
        'model-' || model, ${keyId}::uuid, ${userId}::uuid, 2, 2, 0, 1000, 500, 4500, 70000
      FROM generate_series(0, 1439) AS minute, generate_series(0, ${models - 1}::int) AS model`;
    await database.$executeRaw`
      INSERT INTO usage_detail SELECT org_id, hour, provider, model, key_id, user_id, ${teamId}::uuid,
        sha256(model::bytea), jsonb_build_object('project', model), requests, completed, failed, input_tokens,
        output_tokens, amount_nano_usd, latency_ms_sum
      FROM usage_rollup WHERE key_id = ${keyId}::uuid`;
  }
  // A minute of a model has about 50 requests, most of them in separate buckets.
  for (const [step, seconds, count, buckets] of [
    ['minute', 60, 2 * 1440, 40],
    ['hour', 3600, days * 24, 80],
    ['day', 86_400, days, 120],
  ] as const) {
    const sketch = JSON.stringify(Object.fromEntries(Array.from({ length: buckets }, (_, at) => [200 + at, 50])));
    await database.$executeRaw`
      INSERT INTO usage_quality SELECT ${orgId}::uuid, ${step}, to_timestamp(${fromMs / 1000}::float8 + place * ${seconds}::int),
        'openai', 'model-' || model, 6000, 6000, 0, 0, 0, 0, '{}', ${sketch}::jsonb, ${sketch}::jsonb
      FROM generate_series(0, ${count - 1}::int) AS place, generate_series(0, ${models - 1}::int) AS model`;
  }
  for (const table of ['rollup', 'day', 'detail', 'detail_day', 'minute', 'quality']) {
    await withConnection(url, 60_000, (client) => client.query(`VACUUM ANALYZE usage_${table}`));
  }
}

async function measureQueries(database: Database): Promise<void> {
  await writeRollups(database);
  const range = { orgId, from: new Date(fromMs), to: new Date(fromMs + days * 86_400_000) };
  const hours = { ...range, to: new Date(range.to.getTime() - 3_600_000) };
  const minutes = { ...range, to: new Date(fromMs + 86_400_000) };
  const queries: readonly (readonly [string, () => Promise<unknown>])[] = [
    ...(['hour', 'day', 'model', 'provider', 'key', 'user', 'team'] as const).map(
      (groupBy) => [`usage by ${groupBy}`, () => readUsage(database, { ...range, userId: null }, groupBy)] as const,
    ),
    ['usage by tag', () => readUsage(database, { ...range, userId: null, only: { tagKey: 'project' } }, 'tag')],
    ['usage by minute of a day', () => readUsage(database, { ...minutes, userId: null }, 'minute')],
    ['usage by model, hours', () => readUsage(database, { ...hours, userId: null }, 'model')],
    ['quality by model, whole days', () => readQuality(database, range, 'model')],
    ['quality by model, hours', () => readQuality(database, hours, 'model')],
    ['quality by hour', () => readQuality(database, range, 'hour')],
    ['quality by minute of a day', () => readQuality(database, minutes, 'minute')],
    ['active users', () => readActivity(database, range)],
  ];
  for (const [name, query] of queries) {
    const times: number[] = [];
    for (let run = 0; run < 40; run += 1) {
      const startedMs = performance.now();
      await query();
      times.push(performance.now() - startedMs);
    }
    times.sort((a, b) => a - b);
    process.stdout.write(`${name}: median ${times[20]?.toFixed(0)} ms, p95 ${times[37]?.toFixed(0)} ms\n`);
  }
}

const url = await ensureDatabase(server, `analytics_bench_${randomUUID().slice(0, 8)}`);
try {
  const migrationsDirectory = fileURLToPath(new URL('../prisma/analytics/migrations', import.meta.url));
  await migrateDatabase({ url, migrationsDirectory });
  const database = createDatabase({ url, connectionsMax: 4, onError: () => undefined });
  try {
    await measureIngest(database);
    await measureQueries(database);
  } finally {
    await database.$disconnect();
  }
} finally {
  await withConnection(server, 10_000, async (client) => {
    await client.query(`DROP DATABASE "${new URL(url).pathname.slice(1)}" WITH (FORCE)`);
  });
}
