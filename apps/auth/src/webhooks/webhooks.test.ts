import { randomUUID } from 'node:crypto';
import { type CreatedWebhook, type WebhookDelivery, webhookDeliveryList } from '@aggregator/contracts';
import { type Receiver, startReceiver, waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';

const path = '/v1/auth/organization/webhooks';
const types = ['budget.threshold', 'key.created', 'key.revoked', 'key.rotated', 'member.removed'];

describe('webhooks', () => {
  let auth: AuthHarness;
  let receiver: Receiver;
  beforeAll(async () => {
    receiver = await startReceiver();
    auth = await startAuth({ WEBHOOK_ALLOWLIST: '127.0.0.1' });
  });
  afterAll(async () => {
    await auth.stop();
    await receiver.stop();
  });

  const session = ({ principal }: Account) => ({ ...principal, sessionId: randomUUID() });
  const create = async (account: Account, further: object = {}) =>
    auth.call('POST', path, {
      as: session(account),
      body: { name: 'hooks', url: `${receiver.url}/${randomUUID()}`, events: types, ...further },
    });
  const receivedAt = (url: string) => receiver.received.filter((one) => `${receiver.url}${one.path}` === url);
  const waitForReceived = async (url: string, count: number) => {
    await waitFor(() => receivedAt(url).length >= count, {
      describe: () => `${count} requests, not ${receivedAt(url).length}`,
    });
    return receivedAt(url).map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> });
  };

  it('shows the secret once, keeps it sealed, and audits each change (I21)', async () => {
    const owner = await auth.createAccount();
    const created = await create(owner);
    const { secret, ...endpoint } = created.body as CreatedWebhook;
    expect(created.status).toBe(201);
    expect(created.headers.get('cache-control')).toBe('no-store');
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const list = await auth.call('GET', path, { as: session(owner) });
    expect(list.body).toEqual({ data: [endpoint] });
    const row = await auth.database.webhookEndpoint.findUniqueOrThrow({ where: { id: endpoint.id } });
    expect(Buffer.from(row.secretSealed).toString('latin1')).not.toContain(secret.slice(6));
    expect((await auth.call('DELETE', `${path}/${endpoint.id}`, { as: session(owner) })).status).toBe(204);
    expect((await auth.call('DELETE', `${path}/${endpoint.id}`, { as: session(owner) })).status).toBe(404);
    const audit = await auth.database.auditEntry.findMany({ where: { subjectId: endpoint.id } });
    expect(audit.map(({ action }) => action).sort()).toEqual(['webhook_created', 'webhook_deleted']);
    expect(auth.readLog()).not.toContain(secret);
  });

  it('sends what happens to keys, members and budgets', async () => {
    const owner = await auth.createAccount();
    const { url } = (await create(owner)).body as CreatedWebhook;
    const key = await auth.createKey(session(owner));
    const rotated = await auth.call('POST', `/v1/auth/api-keys/${key.id}/rotate?overlapSeconds=3600`, {
      as: session(owner),
    });
    const replacedBy = (rotated.body as { id: string }).id;
    const revoked = await auth.call('DELETE', `/v1/auth/api-keys/${key.id}`, { as: session(owner) });
    const member = await auth.createMember(owner.principal, 'developer');
    const { userId } = member.principal;
    const removed = await auth.call('DELETE', `/v1/auth/organization/members/${userId}`, { as: session(owner) });
    const { orgId: organizationId } = owner.principal;
    const budget = await auth.call('POST', '/v1/auth/organization/budgets', {
      as: session(owner),
      body: { name: 'all', level: 'organization', period: 'month', amountNanoUsd: '1000' },
    });
    const { id: budgetId } = budget.body as { id: string };
    const spending = { organizationId, budgetId, period: '2026-11', spentNanoUsd: '800' };
    const spent = await auth.call('POST', '/internal/budgets/spending', {
      as: 'billing',
      body: { budgets: [spending] },
    });
    expect([rotated, revoked, removed, spent].map(({ status }) => status)).toEqual([201, 204, 204, 204]);

    const received = await waitForReceived(url, 5);
    const by = { organizationId, actorUserId: owner.principal.userId, actorKeyId: null };
    const dataOf = (type: string) => received.filter((one) => one.type === type).map(({ data }) => data);
    expect(received).toHaveLength(5);
    expect(dataOf('key.created')).toEqual([{ ...by, keyId: key.id }]);
    expect(dataOf('key.rotated')).toEqual([{ ...by, keyId: key.id, replacedBy, overlapSeconds: 3600 }]);
    expect(dataOf('key.revoked')).toEqual([{ ...by, keyId: key.id }]);
    expect(dataOf('member.removed')).toEqual([{ ...by, userId, reason: 'removed' }]);
    expect(dataOf('budget.threshold')).toEqual([{ ...spending, percent: 80, amountNanoUsd: '1000' }]);
  });

  it('sends a test, shows it in the log, and replays it with the same id', async () => {
    const owner = await auth.createAccount();
    const { id, url } = (await create(owner)).body as CreatedWebhook;
    const tested = await auth.call('POST', `${path}/${id}/test`, { as: session(owner) });
    expect(tested).toMatchObject({ status: 202, body: { type: 'webhook.test', state: 'waiting', attempts: 0 } });
    const { id: deliveryId } = tested.body as WebhookDelivery;
    const replay = () => auth.call('POST', `${path}/${id}/deliveries/${deliveryId}/replay`, { as: session(owner) });
    const readLog = async () => {
      const { body } = await auth.call('GET', `${path}/${id}/deliveries`, { as: session(owner) });
      return webhookDeliveryList.parse(body).data;
    };
    const waitForDelivered = (replays: number) =>
      waitFor(async () => (await readLog()).some((one) => one.state === 'delivered' && one.replays === replays), {
        describe: 'the delivery',
      });
    await waitForDelivered(0);
    expect(await replay()).toMatchObject({ status: 202, body: { state: 'waiting', replays: 1 } });
    await waitForDelivered(1);
    const ids = receivedAt(url).map(({ headers }) => headers['webhook-id']);
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);
    await auth.database.webhookDelivery.update({ where: { id: deliveryId }, data: { state: 'waiting' } });
    expect((await replay()).status).toBe(409);
  });

  it('is out of reach for another organisation (I17)', async () => {
    const owner = await auth.createAccount();
    const intruder = await auth.createAccount();
    const { id } = (await create(owner)).body as CreatedWebhook;
    const { body } = await auth.call('POST', `${path}/${id}/test`, { as: session(owner) });
    const other = (await create(intruder)).body as CreatedWebhook;
    const { id: deliveryId } = body as WebhookDelivery;
    for (const [method, rest] of [
      ['DELETE', id],
      ['POST', `${id}/test`],
      ['GET', `${id}/deliveries`],
      ['POST', `${id}/deliveries/${deliveryId}/replay`],
      ['POST', `${other.id}/deliveries/${deliveryId}/replay`],
      ['DELETE', 'x'],
    ] as const) {
      const { status } = await auth.call(method, `${path}/${rest}`, { as: session(intruder) });
      expect({ method, rest, status }).toEqual({ method, rest, status: 404 });
    }
    expect((await auth.call('GET', path, { as: session(intruder) })).body).toMatchObject({ data: [{ id: other.id }] });
  });

  it('has at most 10 endpoints in an organisation', async () => {
    const owner = await auth.createAccount();
    for (let at = 0; at < 10; at += 1) expect((await create(owner)).status).toBe(201);
    expect((await create(owner)).status).toBe(409);
  });

  it.each([
    'http://hooks.example.com/',
    'https://10.0.0.1/',
    'https://localhost/',
    'https://user:secret@hooks.example.com/',
    'ftp://hooks.example.com/',
    'https://169.254.169.254/latest',
  ])('refuses the address %s', async (url) => {
    const answer = await create(await auth.createAccount(), { url });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_value', param: 'url' } });
  });

  it('refuses an event that does not exist', async () => {
    const answer = await create(await auth.createAccount(), { events: ['webhook.test'] });
    expect(answer.status).toBe(400);
  });
});
