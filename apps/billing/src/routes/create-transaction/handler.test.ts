import { randomUUID } from 'node:crypto';
import { verifyAudit } from '@aggregator/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';

let billing: RunningBilling;
const manager = { orgId: randomUUID(), scopes: ['billing:manage' as const, 'billing:read' as const] };
beforeAll(async () => {
  billing = await startBilling();
});
afterAll(() => billing.stop());

const request = (changes: object = {}) => ({
  organizationId: randomUUID(),
  type: 'top_up',
  amountNanoUsd: '5000000000',
  description: 'Invoice 17',
  idempotencyKey: randomUUID(),
  ...changes,
});
const post = (body: unknown, as: Parameters<RunningBilling['ask']>[2] = manager) =>
  billing.ask('POST', '/v1/billing/transaction', as, body);
const balanceOf = async (orgId: string) =>
  (await billing.ask('GET', '/v1/billing/balance', { orgId })).body.balanceNanoUsd;

describe('POST /v1/billing/transaction', () => {
  it('201 adds a top-up to the balance and answers what it posted', async () => {
    const body = request();
    expect(await post(body)).toMatchObject({
      status: 201,
      body: { type: 'top_up', amountNanoUsd: '5000000000', description: 'Invoice 17' },
    });
    expect(await balanceOf(body.organizationId)).toBe('5000000000');
  });

  it('200 answers the same for the same key and body, and posts nothing more, also for fifty at once', async () => {
    const body = request();
    const first = await post(body);
    const again = await Promise.all(Array.from({ length: 50 }, () => post(body)));
    for (const answer of again) expect(answer).toEqual({ status: 200, body: first.body });
    expect(await balanceOf(body.organizationId)).toBe('5000000000');
  });

  it('posts one of fifty twins that come at once before anything is there', async () => {
    const body = request();
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(49).fill(200), 201]);
    expect(new Set(answers.map(({ body: { id } }) => id)).size).toBe(1);
    expect(await balanceOf(body.organizationId)).toBe('5000000000');
  });

  it('audits a posting once, with the actor and the amount, also for fifty at once (I21)', async () => {
    const body = request({ type: 'adjustment' });
    await Promise.all(Array.from({ length: 50 }, () => post(body)));

    const { auditEntry } = billing.context.database;
    expect(await auditEntry.findMany({ where: { organizationId: body.organizationId } })).toEqual([
      expect.objectContaining({
        action: 'adjustment_posted',
        actorUserId: '0190a000-0000-7000-8000-00000000000a',
        details: { amountNanoUsd: '5000000000', actorOrgId: manager.orgId },
      }),
    ]);
    expect(await verifyAudit(billing.databaseUrl)).toMatchObject({ fault: null });
  });

  it('audits nothing when the posting is rejected (I21)', async () => {
    const body = request({ type: 'adjustment', amountNanoUsd: '-1' });
    expect((await post(body)).status).toBe(400);
    const where = { organizationId: body.organizationId };
    expect(await billing.context.database.auditEntry.count({ where })).toBe(0);
  });

  it('takes a negative adjustment down to nothing', async () => {
    const body = request();
    await post(body);
    const { organizationId } = body;
    expect(await post(request({ organizationId, type: 'adjustment', amountNanoUsd: '-5000000000' }))).toMatchObject({
      status: 201,
      body: { type: 'adjustment', amountNanoUsd: '-5000000000' },
    });
    expect(await balanceOf(organizationId)).toBe('0');
  });

  it('400 refuses an adjustment below zero, and moves nothing', async () => {
    const body = request();
    await post(body);
    const { organizationId } = body;
    const over = request({ organizationId, type: 'adjustment', amountNanoUsd: '-5000000001' });
    expect(await post(over)).toMatchObject({ status: 400, body: { code: 'invalid_amount' } });
    expect(await balanceOf(organizationId)).toBe('5000000000');
    expect(await post({ ...over, amountNanoUsd: '-5000000000' })).toMatchObject({ status: 201 });
  });

  it.each([
    ['nothing', 'top_up', '0'],
    ['less than nothing', 'top_up', '-1'],
    ['nothing, as an adjustment', 'adjustment', '0'],
    ['more than the limit', 'top_up', '9999999999999999999'],
  ])('400 refuses %s', async (_name, type, amountNanoUsd) => {
    expect(await post(request({ type, amountNanoUsd }))).toMatchObject({
      status: 400,
      body: { code: 'invalid_amount' },
    });
  });

  it.each(['1e3', '0.5', '', ' 1', '1e30'])('400 refuses %j, which is no whole number', async (amountNanoUsd) => {
    expect(await post(request({ amountNanoUsd }))).toMatchObject({ status: 400, body: { code: 'invalid_value' } });
  });

  it('400 refuses fields that it does not know', async () => {
    expect(await post(request({ balance: '1' }))).toMatchObject({ status: 400, body: { code: 'unknown_field' } });
  });

  it('403 rejects a caller without billing:manage', async () => {
    const answer = await post(request(), { orgId: randomUUID() });
    expect(answer).toMatchObject({ status: 403, body: { code: 'insufficient_permissions' } });
  });

  it('404 refuses a top-up and an adjustment for an organisation that auth does not know, and opens nothing', async () => {
    for (const type of ['top_up', 'adjustment']) {
      const body = request({ type });
      billing.unknown.add(body.organizationId);
      expect(await post(body)).toMatchObject({
        status: 404,
        body: { code: 'not_found', param: 'organizationId', detail: 'No organization has this id.' },
      });
      expect(await billing.ask('GET', `/v1/billing/balance/${body.organizationId}`, manager)).toMatchObject({
        status: 404,
      });
    }
  });

  it('201 takes money out of accounts that were opened before for what is no organisation', async () => {
    const body = request();
    await post(body);
    billing.unknown.add(body.organizationId);
    const correction = { ...body, type: 'adjustment', amountNanoUsd: '-5000000000', idempotencyKey: randomUUID() };
    expect(await post(correction)).toMatchObject({ status: 201 });
    expect(await post({ ...body, idempotencyKey: randomUUID() })).toMatchObject({ status: 404 });
    expect(await balanceOf(body.organizationId)).toBe('0');
  });

  it('409 refuses a key that was used for something else', async () => {
    const body = request();
    await post(body);
    for (const change of [{ amountNanoUsd: '1' }, { description: 'Other' }, { organizationId: randomUUID() }]) {
      expect(await post({ ...body, ...change })).toMatchObject({ status: 409, body: { code: 'conflict' } });
    }
    expect(await balanceOf(body.organizationId)).toBe('5000000000');
  });
});
