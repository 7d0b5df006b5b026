// `npm run billing:bench -- [events] [organisations]`: posts events of usage on the PostgreSQL server of POSTGRES_URL, in a
// separate database that it drops, and prints events per second, CPU time of this process and of the server's connections,
// and memory. Without arguments: 100,000 events of one organisation, then of 2,000.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ensureDatabase, migrateDatabase, withConnection } from '@aggregator/database';
import type { ConsumedRecord } from '@aggregator/messaging';
import { processEnvironment } from '@aggregator/service-kit';
import { handleUsageRecorded } from '../apps/billing/src/consumers/usage-recorded.ts';
import { createDatabase } from '../apps/billing/src/database/open-database.ts';
import { openLedger } from '../apps/billing/src/testing/open-ledger.ts';
import { sampleEvent } from '../apps/billing/src/testing/sample-event.ts';

const batch = 1000;
const microsecondsPerTick = 10_000;
const server = processEnvironment().POSTGRES_URL;
if (!server) {
  process.stderr.write('Set POSTGRES_URL to a PostgreSQL server.\n');
  process.exit(2);
}

/** CPU time of the server's processes for this database in microseconds; null where it is on another machine. */
async function readServerCpu(url: string): Promise<Map<number, number> | null> {
  try {
    return await withConnection(url, 5000, async (client) => {
      const { rows } = await client.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'`,
      );
      return new Map(
        rows.map(({ pid }) => {
          const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
          return [pid, (Number(fields[11]) + Number(fields[12])) * microsecondsPerTick];
        }),
      );
    });
  } catch {
    return null;
  }
}

/** Memory after each quarter of the events. */
function showQuarters(memory: readonly number[]): string {
  return [0.25, 0.5, 0.75, 1].map((part) => Math.round(memory[Math.ceil(memory.length * part) - 1] ?? 0)).join(', ');
}

const sum = (map: Map<number, number> | null) => [...(map?.values() ?? [])].reduce((all, one) => all + one, 0);

async function run(events: number, organizations: number): Promise<void> {
  const url = await ensureDatabase(server ?? '', `billing_bench_${randomUUID().slice(0, 8)}`);
  const migrationsDirectory = fileURLToPath(new URL('../prisma/billing/migrations', import.meta.url));
  await migrateDatabase({ url, migrationsDirectory });
  const ledger = await openLedger(
    createDatabase({ url, connectionsMax: 4, statementTimeoutMs: 600_000, onError: () => undefined }),
  );
  try {
    const payers = Array.from({ length: organizations }, () => randomUUID());
    await ledger.fund(payers, 10n ** 15n);
    await post(ledger.context, makeBatches(0, 2000, payers));
    // Autovacuum does so within a minute: until then, checks of foreign keys read the whole table of accounts.
    await withConnection(url, 60_000, (client) => client.query('ANALYZE'));
    const serverCpu = await readServerCpu(url);
    const memory: number[] = [];
    let [cpuUs, seconds] = [0, 0];
    for (let done = 2000; done < events + 2000; done += 10_000) {
      // The events are made outside of the measurement.
      const batches = makeBatches(done, Math.min(10_000, events + 2000 - done), payers);
      const [cpu, startedMs] = [process.cpuUsage(), performance.now()];
      await post(ledger.context, batches);
      const used = process.cpuUsage(cpu);
      cpuUs += used.user + used.system;
      seconds += (performance.now() - startedMs) / 1000;
      memory.push(process.memoryUsage.rss() / 2 ** 20);
    }
    const perEvent = cpuUs / events;
    const serverPerEvent = (sum(await readServerCpu(url)) - sum(serverCpu)) / events;
    const isWhole = await ledger.isWhole(events + 2000);
    process.stdout.write(
      `${events} events of ${organizations} organisations: ${Math.round(events / seconds)} events/s, ` +
        `billing ${perEvent.toFixed(1)} us of CPU each (${Math.round(1e6 / perEvent)} events/s of one core), ` +
        `PostgreSQL ${serverPerEvent.toFixed(1)} us each, memory ${showQuarters(memory)} MiB, ledger ${isWhole ? 'whole' : 'FAULTY'}\n`,
    );
    if (!isWhole) process.exitCode = 1;
  } finally {
    await ledger.close();
    await withConnection(server ?? '', 10_000, async (client) => {
      await client.query(`DROP DATABASE "${new URL(url).pathname.slice(1)}" WITH (FORCE)`);
    });
  }
}

function makeBatches(start: number, count: number, payers: readonly string[]): ConsumedRecord[][] {
  return Array.from({ length: Math.ceil(count / batch) }, (_, index) => {
    const first = start + index * batch;
    return Array.from({ length: Math.min(batch, start + count - first) }, (_, offset) => {
      const number = first + offset;
      const value = JSON.stringify(sampleEvent(number, payers[number % payers.length] ?? ''));
      return { topic: 'usage.recorded', partition: 0, offset: String(number), key: '', value };
    });
  });
}

async function post(
  context: Parameters<typeof handleUsageRecorded>[0],
  batches: readonly ConsumedRecord[][],
): Promise<void> {
  for (const records of batches) {
    const { rejected } = await handleUsageRecorded(context, records);
    if (rejected.length > 0) throw new Error(`rejected: ${rejected[0]?.reason}`);
  }
}

const [events, organizations] = process.argv.slice(2).map(Number);
if (events !== undefined) await run(events, organizations ?? 1);
else {
  await run(100_000, 1);
  await run(100_000, 2000);
}
