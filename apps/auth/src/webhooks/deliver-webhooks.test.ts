import { randomUUID } from 'node:crypto';
import { createWebhookSecret, type SendResult, type WebhookToSend } from '@aggregator/notifications';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../database/create-database.ts';
import { createSecretSealer } from '../secrets/secret-sealer.ts';
import { announce } from './announce.ts';
import { deliverWebhooks } from './deliver-webhooks.ts';
import { sweepWebhooks } from './sweep-webhooks.ts';
import { attemptsMax } from './webhook-queues.ts';

const secrets = createSecretSealer(['p'.repeat(43)], 'webhook-secret');
const hourMs = 3_600_000;
const delivered: SendResult = { status: 200, reason: null, response: 'ok' };

describe('deliverWebhooks', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let nowMs = Date.parse('2026-11-30T10:00:00Z');
  let sent: WebhookToSend[] = [];
  let answer: (webhook: WebhookToSend) => SendResult | Promise<SendResult>;
  const now = () => new Date(nowMs);
  const attempts: object[] = [];
  const sender = {
    async send(webhook: WebhookToSend) {
      sent.push(webhook);
      return await answer(webhook);
    },
    close: () => Promise.resolve(),
  };
  const deliver = (sealer = secrets) => {
    const events = { webhookAttempted: (fact: object) => void attempts.push(fact) };
    return deliverWebhooks({ database, secrets: sealer, sender, events, now });
  };
  beforeEach(async () => {
    testDatabase = await createTestDatabase({ service: 'auth' });
    database = createDatabase({ url: testDatabase.url, connectionsMax: 4, onError: () => undefined });
    sent = [];
    attempts.length = 0;
    answer = () => delivered;
  });
  afterEach(async () => {
    await database.$disconnect();
    await testDatabase.drop();
  });

  async function addEndpoint(events: string[] = ['key.created'], organizationId: string = randomUUID()) {
    const id = randomUUID();
    await database.organization.createMany({
      data: [{ id: organizationId, name: 'Acme', createdAt: now() }],
      skipDuplicates: true,
    });
    const secret = createWebhookSecret();
    return database.webhookEndpoint.create({
      data: {
        ...{ id, organizationId, name: 'a', url: `https://hooks.example.com/${id}`, events, createdAt: now() },
        ...{ createdById: randomUUID(), secretSealed: secrets.seal(secret, id) },
      },
    });
  }
  const happen = (organizationId: string) =>
    database.$transaction((transaction) =>
      announce(transaction, now(), { type: 'key.created', data: { organizationId, keyId: 'k' } }),
    );

  it('gives an event to each endpoint of its organisation that wants it, once', async () => {
    const first = await addEndpoint();
    const second = await addEndpoint(['key.created', 'key.revoked'], first.organizationId);
    await addEndpoint(['key.revoked'], first.organizationId);
    await addEndpoint();
    await happen(first.organizationId);
    await deliver();
    await deliver();

    expect(sent.map(({ url }) => url).sort()).toEqual([first.url, second.url].sort());
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(JSON.parse(sent[0]?.body ?? '')).toEqual({
      ...{ type: 'key.created', timestamp: now().toISOString() },
      data: { organizationId: first.organizationId, keyId: 'k' },
    });
    expect(await database.webhookDelivery.findMany()).toMatchObject([
      { state: 'delivered', status: 200, attempts: 1, response: 'ok' },
      { state: 'delivered', status: 200, attempts: 1, response: 'ok' },
    ]);
  });

  it('queues no event that no endpoint wants, and sends nothing that was not committed', async () => {
    const { organizationId } = await addEndpoint(['key.revoked']);
    await happen(organizationId);
    expect(await database.workJob.count()).toBe(0);
    const wanted = await addEndpoint();
    const write = database.$transaction(async (transaction) => {
      await announce(transaction, now(), { type: 'key.created', data: { organizationId: wanted.organizationId } });
      throw new Error('the change failed');
    });
    await expect(write).rejects.toThrow('the change failed');
    await deliver();
    expect(sent).toEqual([]);
  });

  it.each<SendResult>([
    { status: 500, reason: 'status', response: 'no' },
    { status: null, reason: 'timeout', response: null },
  ])('repeats a delivery after $reason, later and later, for about a day', async (failure) => {
    const { organizationId } = await addEndpoint();
    answer = () => failure;
    await happen(organizationId);
    const startMs = nowMs;
    const atMinutes: number[] = [];
    for (; nowMs < startMs + 48 * hourMs; nowMs += 75_000) {
      const before = sent.length;
      await deliver();
      if (sent.length > before) atMinutes.push((nowMs - startMs) / 60_000);
    }
    expect(atMinutes).toEqual([0, 1.25, 5, 16.25, 50, 151.25, 455, 1366.25]);
    expect(sent).toHaveLength(attemptsMax);
    expect(new Set(sent.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
    expect(await database.webhookDelivery.findFirst()).toMatchObject({ ...failure, state: 'failed', attempts: 8 });
    expect(attempts.at(-1)).toMatchObject({ state: 'failed', attempt: 8, organizationId });
  });

  it('is delivered by a later attempt', async () => {
    const { organizationId } = await addEndpoint();
    answer = () => (sent.length === 1 ? { status: 503, reason: 'status', response: '' } : delivered);
    await happen(organizationId);
    await deliver();
    nowMs += hourMs;
    await deliver();
    expect(await database.webhookDelivery.findFirst()).toMatchObject({ state: 'delivered', attempts: 2, status: 200 });
  });

  it('lets an organisation whose endpoints are slow hold no other', async () => {
    const slow = await addEndpoint();
    const quick = await addEndpoint();
    for (let at = 0; at < 40; at += 1) await happen(slow.organizationId);
    nowMs += 1;
    await happen(quick.organizationId);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let slowAtOnce = 0;
    answer = async ({ url }) => {
      if (url === quick.url) {
        slowAtOnce = sent.filter((each) => each.url === slow.url).length;
        release();
      } else await held;
      return delivered;
    };
    await deliver();
    expect(slowAtOnce).toBeLessThanOrEqual(2);
    expect(sent).toHaveLength(41);
  });

  it('keeps 1,000 rows of an endpoint, and none for longer than 30 days', async () => {
    const { id: endpointId, organizationId } = await addEndpoint();
    const row = (at: number) => ({
      ...{ id: `00000000-0000-4000-8000-${at.toString().padStart(12, '0')}`, endpointId, eventId: randomUUID() },
      ...{ type: 'key.created', body: '{}', state: 'delivered', createdAt: now() },
    });
    await database.webhookDelivery.createMany({ data: Array.from({ length: 1000 }, (_, at) => row(at)) });
    await happen(organizationId);
    await deliver();
    expect(await database.webhookDelivery.count()).toBe(1000);
    expect(await database.webhookDelivery.findUnique({ where: { id: row(0).id } })).toBeNull();
    nowMs += 31 * 24 * hourMs;
    await sweepWebhooks(database, now());
    await sweepWebhooks(database, now());
    expect([await database.webhookDelivery.count(), await database.workJob.count()]).toEqual([0, 0]);
  });

  it('fails for good where the pepper of the secret is gone, and does nothing for a deleted endpoint', async () => {
    const { id, organizationId } = await addEndpoint();
    await happen(organizationId);
    await deliver(createSecretSealer(['q'.repeat(43)], 'webhook-secret'));
    expect(await database.webhookDelivery.findFirst()).toMatchObject({ state: 'failed', reason: 'pepper_gone' });
    answer = () => ({ status: 500, reason: 'status', response: '' });
    await happen(organizationId);
    await deliver();
    expect(sent).toHaveLength(1);
    await database.webhookEndpoint.delete({ where: { id } });
    nowMs += hourMs;
    await deliver();
    expect(sent).toHaveLength(1);
  });
});
