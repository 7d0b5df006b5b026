import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { noteOutcome } from '../../reconciliation/note-outcome.ts';
import { type RunningBilling, startBilling } from '../../testing/start-billing.ts';

const operator = { orgId: randomUUID(), scopes: ['billing:read', 'billing:manage'] as const };
const payer = randomUUID();
const asOperator = { orgId: operator.orgId, scopes: [...operator.scopes] };

let billing: RunningBilling;
beforeAll(async () => {
  billing = await startBilling();
});
afterAll(() => billing.stop());

/** Keeps a difference and returns its id. */
async function keep(subject: string): Promise<string> {
  const found = [{ orgId: payer, subject, details: { a: '1' } }];
  await noteOutcome(billing.context.database, new Date(), 'events', { found, facts: {} });
  const row = await billing.context.database.reconciliationDifference.findFirstOrThrow({ where: { subject } });
  return row.id;
}

const judge = (id: string, body: unknown, as = asOperator) =>
  billing.ask('POST', `/v1/billing/differences/${id}/judge`, as, body);
const verdict = { verdict: 'explained', note: 'A test of the fault rig.' };

describe('204', () => {
  it('closes the difference, lists it as judged, and writes who did it to the audit (I21)', async () => {
    const id = await keep('first');
    expect((await billing.ask('GET', '/v1/billing/differences?state=open', asOperator)).body.data[0]).toMatchObject({
      ...{ id, kind: 'events', subject: 'first', state: 'open', verdict: null, details: { a: '1' } },
    });
    expect((await judge(id, verdict)).status).toBe(204);
    expect((await billing.ask('GET', '/v1/billing/differences?state=open', asOperator)).body.data).toEqual([]);
    expect((await billing.ask('GET', '/v1/billing/differences', asOperator)).body.data[0]).toMatchObject(verdict);
    const [entry] = await billing.context.database.auditEntry.findMany({ where: { action: 'difference_judged' } });
    expect(entry).toMatchObject({ subjectId: id, actorUserId: '0190a000-0000-7000-8000-00000000000a' });
  });

  it('leaves it judged when the check finds the same again', async () => {
    const id = await keep('again');
    await judge(id, verdict);
    expect(await keep('again')).toBe(id);
    expect((await billing.ask('GET', '/v1/billing/differences?state=open', asOperator)).body.data).toEqual([]);
  });
});

describe('409, 404, 400, 403', () => {
  it('rejects a second verdict, an unknown id, a verdict without a note, and a caller without the scope', async () => {
    const id = await keep('second');
    await judge(id, verdict);
    expect((await judge(id, verdict)).body.code).toBe('conflict');
    expect((await judge(randomUUID(), verdict)).status).toBe(404);
    expect((await judge('x', verdict)).status).toBe(404);
    expect((await judge(id, { verdict: 'explained', note: ' ' })).status).toBe(400);
    const reader = { orgId: operator.orgId, scopes: ['billing:read' as const] };
    expect((await billing.ask('POST', `/v1/billing/differences/${id}/judge`, reader, verdict)).status).toBe(403);
  });
});

describe('GET /v1/billing/reconciliations', () => {
  it('lists reports with their hash', async () => {
    const { body } = await billing.ask('GET', '/v1/billing/reconciliations?limit=1', asOperator);
    expect(body.data[0]).toMatchObject({ facts: expect.any(Object), hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });
});
