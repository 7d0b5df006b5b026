// `npm run billing:transports -- [events] [transport…]`: sends the same events of usage through each event transport into a separate
// ledger, every tenth portion twice, and prints the hash of each ledger. Exits with 1 if two hashes differ, or if one
// is not that of the events posted directly. A million events of 100 organisations over all four transports unless given.
// Reads POSTGRES_URL, and KAFKA_BROKERS, RABBITMQ_URL and NATS_URL for the transports that it uses.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { usageRecordedTopic } from '@aggregator/contracts';
import { ensureDatabase, migrateDatabase, withConnection } from '@aggregator/database';
import { createEventLog, type EventLog, type EventLogChoice } from '@aggregator/messaging';
import { processEnvironment } from '@aggregator/service-kit';
import { handleUsageRecorded, usageRecordedConsumer } from '../apps/billing/src/consumers/usage-recorded.ts';
import { createDatabase } from '../apps/billing/src/database/open-database.ts';
import { billingGroup } from '../apps/billing/src/finality/finality.ts';
import { hashLedger } from '../apps/billing/src/testing/hash-ledger.ts';
import { type OpenLedger, openLedger } from '../apps/billing/src/testing/open-ledger.ts';
import { sampleEvent, sampleId } from '../apps/billing/src/testing/sample-event.ts';

const environment = processEnvironment();
const [count = '1000000', ...named] = process.argv.slice(2);
const events = Number(count);
const transports = named.length > 0 ? named : ['embedded', 'kafka', 'rabbitmq', 'nats'];
const portion = 1000;
const organizations = Array.from({ length: 100 }, (_, index) => sampleId(index));
const pauseMs = 250;

function need(name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`${name} is not set.`);
  return value;
}

function recordsOf(start: number) {
  return Array.from({ length: Math.min(portion, events - start) }, (_, index) => {
    const orgId = organizations[(start + index) % organizations.length] ?? '';
    const event = sampleEvent(start + index, orgId);
    return { id: event.eventId, key: orgId, value: JSON.stringify(event) };
  });
}

async function scratch(name: string): Promise<{ url: string; drop(): Promise<void> }> {
  const database = `billing_transports_${name}_${randomUUID().slice(0, 8)}`;
  const url = await ensureDatabase(need('POSTGRES_URL'), database);
  const drop = () =>
    withConnection(need('POSTGRES_URL'), 30_000, async (client) => {
      await client.query(`DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`);
    });
  return { url, drop };
}

/** Runs `fill` on an empty ledger with funded organisations, and returns the hash of what it posted. */
async function hashOf(name: string, fill: (ledger: OpenLedger) => Promise<void>): Promise<string> {
  const { url, drop } = await scratch(name);
  const migrationsDirectory = fileURLToPath(new URL('../prisma/billing/migrations', import.meta.url));
  await migrateDatabase({ url, migrationsDirectory });
  const database = createDatabase({ url, connectionsMax: 10, statementTimeoutMs: 600_000, onError: () => undefined });
  const ledger = await openLedger(database);
  const startedMs = performance.now();
  try {
    await ledger.fund(organizations, 10n ** 15n);
    await fill(ledger);
    if (!(await ledger.isWhole(events))) throw new Error(`${name}: the ledger is not whole`);
    const hash = await hashLedger(database);
    const seconds = (performance.now() - startedMs) / 1000;
    process.stdout.write(`${name}: ${hash} (${events} events in ${Math.round(seconds)} s)\n`);
    return hash;
  } finally {
    await ledger.close();
    await drop();
  }
}

function openLog(transport: string, eventsDatabaseUrl: string): EventLog {
  const choices: Readonly<Record<string, () => Omit<EventLogChoice, 'eventTransport'>>> = {
    embedded: () => ({ eventsDatabaseUrl }),
    kafka: () => ({ kafkaBrokers: need('KAFKA_BROKERS').split(',') }),
    rabbitmq: () => ({ rabbitmqUrl: need('RABBITMQ_URL') }),
    nats: () => ({ natsServers: [need('NATS_URL')] }),
  };
  const choice = choices[transport]?.();
  if (choice === undefined) throw new Error(`${transport} is no event transport`);
  const eventTransport = transport as EventLogChoice['eventTransport'];
  return createEventLog({ eventTransport, eventTopicPrefix: `t${randomUUID()}.`, ...choice }, 'billing-transports');
}

async function sendThrough(transport: string): Promise<string> {
  const events = await scratch('events');
  const log = openLog(transport, events.url);
  try {
    return await hashOf(transport, async ({ context }) => {
      const consumer = await log.consume(usageRecordedConsumer(context));
      await publishAll(log);
      for (;;) {
        const positions = await log.readPositions(usageRecordedTopic, billingGroup);
        if (positions.every(({ position, end }) => position >= end)) break;
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      await consumer.close();
    });
  } finally {
    await log.close();
    await events.drop();
  }
}

async function publishAll(log: EventLog): Promise<void> {
  for (let start = 0, turn = 0; start < events; start += portion, turn += 1) {
    const records = recordsOf(start);
    await log.publish(usageRecordedTopic, records);
    if (turn % 10 === 0) await log.publish(usageRecordedTopic, records);
  }
}

const expected = await hashOf('directly', async ({ context }) => {
  for (let start = 0; start < events; start += portion) {
    const records = recordsOf(start).map(({ key, value }, offset) => ({
      ...{ topic: usageRecordedTopic, partition: 0, offset: `${offset}`, key, value },
    }));
    const { rejected } = await handleUsageRecorded(context, records);
    if (rejected.length > 0) throw new Error(`rejected: ${rejected[0]?.reason}`);
  }
});
for (const transport of transports) {
  if ((await sendThrough(transport)) !== expected) {
    process.stderr.write(`${transport}: the ledger differs\n`);
    process.exitCode = 1;
  }
}
