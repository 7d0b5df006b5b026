import { randomUUID } from 'node:crypto';
import { type UsageRecorded, usageRecordedTopic } from '@aggregator/contracts';
import { createEventLog, type EventLog, type EventLogChoice } from '@aggregator/messaging';
import { createTestDatabase, type TestDatabase, waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { billingGroup } from '../finality/finality.ts';
import { confirmedBefore } from '../organizations/directory.ts';
import { hashLedger } from '../testing/hash-ledger.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent } from '../testing/usage-event.ts';
import { createTransaction } from '../transactions/create-transaction.ts';
import { usageRecordedConsumer } from './usage-recorded.ts';

const transports = ['embedded', 'kafka', 'rabbitmq', 'nats'] as const;
type Transport = (typeof transports)[number];

const organizations = Array.from({ length: 20 }, () => randomUUID());
const eventsCount = 2_000;
const portion = 100;
const events = Array.from({ length: eventsCount }, (_, index) =>
  usageEvent({ orgId: organizations[index % organizations.length] ?? '', costNanoUsd: ((index * 7919) % 1000) + 1 }),
);
const timeoutMs = 120_000;

let eventsDatabase: TestDatabase;
beforeAll(async () => {
  eventsDatabase = await createTestDatabase({ isEmpty: true });
});
afterAll(() => eventsDatabase.drop());

function fromEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set: these tests need a real server`);
  return value;
}

function openLog(eventTransport: Transport, eventTopicPrefix: string): EventLog {
  const choices: Readonly<Record<Transport, () => Omit<EventLogChoice, 'eventTransport'>>> = {
    embedded: () => ({ eventsDatabaseUrl: eventsDatabase.url }),
    kafka: () => ({ kafkaBrokers: fromEnvironment('KAFKA_BROKERS').split(',') }),
    rabbitmq: () => ({ rabbitmqUrl: fromEnvironment('RABBITMQ_URL') }),
    nats: () => ({ natsServers: [fromEnvironment('NATS_URL')] }),
  };
  return createEventLog({ eventTransport, eventTopicPrefix, ...choices[eventTransport]() }, 'event-transports-test');
}

/** A ledger whose organisations have the same ids and credit as those of every other test here. */
async function openLedger(): Promise<World> {
  const world = await openWorld();
  for (const organizationId of organizations) {
    await createTransaction(
      world.database,
      {
        ...{ organizationId, type: 'top_up', description: 'Top-up', idempotencyKey: randomUUID() },
        amountNanoUsd: '1000000000',
      },
      { actorOrgId: organizationId, signUpCreditNanoUsd: 0n, organizations: confirmedBefore },
    );
  }
  return world;
}

async function checkAndHash({ database, check }: World): Promise<string> {
  expect(await check()).toMatchObject({ isConsistent: true, sumNanoUsd: '0', faults: [] });
  return hashLedger(database);
}

const toRecords = (portionOfEvents: readonly UsageRecorded[]) =>
  portionOfEvents.map((event) => ({ id: event.eventId, key: event.orgId, value: JSON.stringify(event) }));

async function publishAll(log: EventLog, some: readonly UsageRecorded[]): Promise<void> {
  for (let start = 0; start < some.length; start += portion) {
    await log.publish(usageRecordedTopic, toRecords(some.slice(start, start + portion)));
  }
}

async function isDrained(log: EventLog): Promise<boolean> {
  const positions = await log.readPositions(usageRecordedTopic, billingGroup);
  return positions.every(({ position, end }) => position >= end);
}

describe('the ledger after the same events', () => {
  let expected: string;
  beforeAll(async () => {
    const world = await openLedger();
    for (let start = 0; start < eventsCount; start += portion) {
      expect(await world.handle(...events.slice(start, start + portion))).toEqual([]);
    }
    expected = await checkAndHash(world);
    await world.close();
  }, timeoutMs);

  it.each(transports)(
    'is the same to the nano over %s, with every third portion sent twice',
    async (transport) => {
      const world = await openLedger();
      const log = openLog(transport, `t${randomUUID()}.`);
      try {
        const consumer = await log.consume(usageRecordedConsumer(world));
        for (let start = 0, turn = 0; start < eventsCount; start += portion, turn += 1) {
          const records = toRecords(events.slice(start, start + portion));
          await log.publish(usageRecordedTopic, records);
          if (turn % 3 === 0) await log.publish(usageRecordedTopic, records);
        }
        await waitFor(async () => (await world.count('charge')) === eventsCount, {
          describe: 'all charges',
          timeoutMs,
        });
        await waitFor(() => isDrained(log), { describe: 'the end of the log', timeoutMs });
        await consumer.close();
        expect(await checkAndHash(world)).toBe(expected);
        expect(await world.count('quarantine')).toBe(0);
      } finally {
        await log.close();
        await world.close();
      }
    },
    timeoutMs,
  );

  it.each([
    ['kafka', 'rabbitmq'],
    ['rabbitmq', 'nats'],
    ['nats', 'embedded'],
    ['embedded', 'kafka'],
  ] as const)(
    'is the same after a switch from %s to %s under load',
    async (before, after) => {
      const world = await openLedger();
      const [oldLog, newLog] = [openLog(before, `t${randomUUID()}.`), openLog(after, `t${randomUUID()}.`)];
      try {
        const oldConsumer = await oldLog.consume(usageRecordedConsumer(world));
        const half = eventsCount / 2;
        // The publishers switch first. What was on its way then is sent to both.
        await publishAll(oldLog, events.slice(0, half));
        const publishing = publishAll(newLog, events.slice(half - 2 * portion));
        await waitFor(() => isDrained(oldLog), { describe: 'the end of the old log', timeoutMs });
        await oldConsumer.close();
        // The consumers move when no publisher is left on the old log and they have read all of it.
        const newConsumer = await newLog.consume(usageRecordedConsumer(world));
        await publishing;
        await waitFor(async () => (await world.count('charge')) === eventsCount, {
          describe: 'all charges',
          timeoutMs,
        });
        await newConsumer.close();
        expect(await checkAndHash(world)).toBe(expected);
      } finally {
        await Promise.all([oldLog.close(), newLog.close()]);
        await world.close();
      }
    },
    timeoutMs,
  );
});
