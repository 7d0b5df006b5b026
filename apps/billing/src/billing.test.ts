import { randomUUID } from 'node:crypto';
import {
  type BillingTransaction,
  billingTransaction,
  billingTransactionTopic,
  usageRecordedDeadLetterTopic,
  usageRecordedTopic,
} from '@aggregator/contracts';
import type { EventLog, EventRecord } from '@aggregator/messaging';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { checkLedger } from './ledger/check-ledger.ts';
import { relayOutbox } from './outbox/relay.ts';
import { openWorld } from './testing/open-world.ts';
import { type RunningBilling, startBilling } from './testing/start-billing.ts';
import { usageEvent } from './testing/usage-event.ts';

async function collect(eventLog: EventLog, topic: string): Promise<string[]> {
  const values: string[] = [];
  await eventLog.consume({
    ...{ topic, group: randomUUID(), batchMax: 100, deadLetterTopic: 'unused.dead-letter' },
    async handle(records) {
      values.push(...records.map(({ value }) => value));
      return { rejected: [] };
    },
    onError: () => undefined,
  });
  return values;
}

const publish = (eventLog: EventLog, events: { orgId: string }[]) =>
  eventLog.publish(
    usageRecordedTopic,
    events.map((event) => ({ key: event.orgId, value: JSON.stringify(event) })),
  );

describe('billing behind the event log', () => {
  let billing: RunningBilling;
  beforeAll(async () => {
    billing = await startBilling({ SIGN_UP_CREDIT_NANO_USD: '1000000' });
  });
  afterAll(() => billing.stop());

  it('I1: charges what proxies publish, and publishes each transaction in the organisation’s order', async () => {
    const orgId = randomUUID();
    const transactions = await collect(billing.eventLog, billingTransactionTopic);
    await billing.ask('GET', '/v1/billing/balance', { orgId });
    const events = Array.from({ length: 40 }, (_, index) => usageEvent({ orgId, costNanoUsd: index + 1 }));
    for (let start = 0; start < 40; start += 10) await publish(billing.eventLog, events.slice(start, start + 10));

    const ofOrganization = (): BillingTransaction[] =>
      transactions.map((value) => billingTransaction.parse(JSON.parse(value))).filter((event) => event.orgId === orgId);
    await waitFor(() => ofOrganization().length >= 41, { describe: 'all transactions' });

    expect(ofOrganization().map(({ type, amountNanoUsd }) => `${type} ${amountNanoUsd}`)).toEqual([
      'sign_up_credit 1000000',
      ...events.map(({ amountNanoUsd }) => `charge -${amountNanoUsd}`),
    ]);
    const { body } = await billing.ask('GET', '/v1/billing/balance', { orgId });
    expect(body.balanceNanoUsd).toBe(String(1_000_000 - 820));
    expect(await checkLedger(billing.context.database)).toMatchObject({ isConsistent: true });
  });

  it('I13: moves what it must not post to the dead-letter topic with its reason, and continues', async () => {
    const orgId = randomUUID();
    const letters = await collect(billing.eventLog, usageRecordedDeadLetterTopic);
    const wrong = { ...usageEvent({ orgId }), amountNanoUsd: '7' };
    const right = usageEvent({ orgId });
    await publish(billing.eventLog, [wrong, right]);

    await waitFor(() => billing.context.database.charge.findUnique({ where: { requestId: right.requestId } }), {
      ...{ describe: 'the charge behind it' },
    });
    const letter = await waitFor(() => letters.find((value) => value.includes(wrong.eventId)), {
      describe: 'the dead letter',
    });
    expect(JSON.parse(letter)).toMatchObject({ reason: 'amount_mismatch', topic: usageRecordedTopic });
  });

  it('is ready with its database', async () => {
    expect((await fetch(`${billing.url}/health/ready`)).status).toBe(200);
  });
});

describe('billing at its end', () => {
  it('returns idle credit to the balances where the counter store ends with it', async () => {
    const billing = await startBilling({ SIGN_UP_CREDIT_NANO_USD: '1000000', RECLAIM_ON_CLOSE: 'true' });
    const orgId = randomUUID();
    await billing.askAsPeer('POST', '/internal/leases', 'proxy', { orgId, neededNanoUsd: '1000' });
    expect((await billing.admission.readCredit(orgId)).creditNanoUsd).toBe(100_000n);
    const { admission } = billing;
    const reclaimed: bigint[] = [];
    const { reclaimCredit } = admission;
    admission.reclaimCredit = async (reclaim) => {
      const taken = await reclaimCredit.call(admission, reclaim);
      reclaimed.push(taken);
      return taken;
    };
    await billing.stop();
    expect(reclaimed).toEqual([100_000n]);
  });
});

describe('the outbox', () => {
  it('keeps events while the event log does not take them, and publishes them again under the same id', async () => {
    const world = await openWorld();
    try {
      const orgId = await world.fund(10_000n);
      await world.handle(usageEvent({ orgId }), usageEvent({ orgId }));
      const published: EventRecord[] = [];
      const log = (isBroken: boolean): EventLog => ({
        async publish(_topic, records) {
          published.push(...records);
          if (isBroken) throw new Error('acknowledgement lost');
        },
        consume: () => Promise.reject(new Error('unused')),
        readPositions: () => Promise.reject(new Error('unused')),
        checkHealth: async () => undefined,
        close: async () => undefined,
      });

      await expect(relayOutbox(world.database, log(true))).rejects.toThrow('acknowledgement lost');
      expect(await world.count('outbox')).toBe(3);
      expect(await relayOutbox(world.database, log(false))).toBe(3);
      expect(await world.count('outbox')).toBe(0);
      expect(await relayOutbox(world.database, log(false))).toBe(0);

      expect(published.slice(3)).toEqual(published.slice(0, 3));
      expect(published.every(({ key }) => key === orgId)).toBe(true);
    } finally {
      await world.close();
    }
  });

  it('is published by one relay at a time, so that an organisation’s events keep their order', async () => {
    const world = await openWorld();
    try {
      await world.fund(10_000n);
      const published: EventRecord[] = [];
      const { promise: open, resolve: letGo } = Promise.withResolvers<void>();
      const log: EventLog = {
        async publish(_topic, records) {
          published.push(...records);
          await open;
        },
        consume: () => Promise.reject(new Error('unused')),
        readPositions: () => Promise.reject(new Error('unused')),
        checkHealth: async () => undefined,
        close: async () => undefined,
      };
      const first = relayOutbox(world.database, log);
      await waitFor(() => published.length === 1, { describe: 'the first relay to publish' });
      expect(await relayOutbox(world.database, log)).toBe(0);
      letGo();
      expect(await first).toBe(1);
      expect(published).toHaveLength(1);
    } finally {
      await world.close();
    }
  });
});
