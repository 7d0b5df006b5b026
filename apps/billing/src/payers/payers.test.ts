import { randomUUID } from 'node:crypto';
import type { Invoice } from '@aggregator/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runAutomaticTopUps } from '../automatic-top-ups/run-automatic-top-ups.ts';
import { handleUsageRecorded } from '../consumers/usage-recorded.ts';
import { issueInvoices } from '../invoices/issue-invoices.ts';
import { monthOf } from '../invoices/month-bounds.ts';
import { readAccounts } from '../ledger/accounts.ts';
import { watchBalances } from '../notices/watch-balances.ts';
import { runAtOnce } from '../testing/run-at-once.ts';
import type { Answer } from '../testing/start-billing.ts';
import { type PaymentWorld, startPayments } from '../testing/start-payments.ts';
import { toRecord, usageEvent } from '../testing/usage-event.ts';
import { tendPayers } from './leave-payer.ts';

const dollar = 1_000_000_000n;
let world: PaymentWorld;
let payer: string;
let branch: string;
let other: string;
beforeAll(async () => {
  world = await startPayments();
});
afterAll(async () => {
  expect(await world.isConsistent()).toBe(true);
  await world.stop();
});
beforeEach(async () => {
  [payer, branch, other] = [await fund(10n * dollar), await fund(2n * dollar), await fund(0n)];
});

async function fund(amount: bigint): Promise<string> {
  const organizationId = randomUUID();
  const fields = { type: 'adjustment', description: 'x', idempotencyKey: randomUUID() };
  for (const sum of [1n + amount, -1n]) {
    const body = { organizationId, ...fields, idempotencyKey: randomUUID(), amountNanoUsd: sum.toString() };
    expect((await world.ask('POST', '/v1/billing/transaction', world.operator, body)).status).toBe(201);
  }
  return organizationId;
}
const as = (orgId: string) => ({
  orgId,
  scopes: ['billing:read', 'billing:pay'] as ('billing:read' | 'billing:pay')[],
});
const attachByOperator = (orgId: string, by = payer) =>
  world.ask('PUT', `/v1/billing/payers/${by}/organizations/${orgId}`, world.operator);
const accounts = async (orgId: string) => {
  const found = await readAccounts(world.context.database, orgId);
  if (found === undefined) throw new Error('no accounts');
  return found;
};
const balance = async (orgId: string) => (await world.ask('GET', '/v1/billing/balance', as(orgId))).body;
const lease = async (orgId: string, needed: bigint) => {
  const body = { orgId, neededNanoUsd: needed.toString() };
  return (await world.askAsPeer('POST', '/internal/leases', 'proxy', body)).body;
};
const hold = async (orgId: string, amount: bigint) => {
  const body = { orgId, requestId: randomUUID(), holdNanoUsd: amount.toString(), ttlMs: 60_000 };
  return (await world.askAsPeer('POST', '/internal/holds', 'proxy', body)).body;
};
const charge = (orgId: string, costNanoUsd: bigint, more: object = {}) =>
  handleUsageRecorded(world.context, [toRecord(usageEvent({ orgId, costNanoUsd, ...more }))]);
const setLimit = (limit: bigint, orgId = payer) =>
  world.ask('PUT', `/v1/billing/payers/${orgId}/credit-limit`, world.operator, {
    creditLimitNanoUsd: limit.toString(),
  });

describe('one payer for many organisations', () => {
  it('is agreed by both sides, and then pays their requests; their own balances rest', async () => {
    const asked = await world.ask('PUT', '/v1/billing/payer', as(branch), { organizationId: payer });
    expect(asked.body.payer).toMatchObject({ organizationId: payer, state: 'asked' });
    await charge(branch, dollar);
    expect((await balance(branch)).balanceNanoUsd).toBe(dollar.toString());

    const accept = (by: string) => world.ask('POST', `/v1/billing/paid-organizations/${branch}/accept`, as(by));
    expect(await accept(other)).toMatchObject({ status: 404 });
    expect(await accept(payer)).toMatchObject({ status: 200, body: { payer: { state: 'attached' } } });
    expect(await accept(payer)).toMatchObject({ status: 200 });
    const listed = await world.ask('GET', '/v1/billing/paid-organizations', as(payer));
    expect(listed.body.data).toMatchObject([{ organizationId: branch, state: 'attached' }]);

    expect(await lease(branch, dollar)).toMatchObject({ result: 'granted' });
    await charge(branch, 3n * dollar);
    await charge(payer, dollar);
    expect(await balance(branch)).toMatchObject({
      ...{ balanceNanoUsd: dollar.toString(), payerOrganizationId: payer },
    });
    expect((await balance(payer)).balanceNanoUsd).toBe((6n * dollar).toString());
  });

  const after = async (first: Promise<unknown>, then: () => Promise<Answer>) => {
    await first;
    return then();
  };
  const accept = () => world.ask('POST', `/v1/billing/paid-organizations/${branch}/accept`, as(payer));
  const attachByOwner = () => world.ask('PUT', `/v1/billing/payers/${payer}/organizations/${branch}`, as(payer));
  const attachBranch = () => attachByOperator(branch);

  it.each<[string, () => Promise<Answer>, number]>([
    ['an organisation that has not asked', accept, 404],
    ['itself', () => attachByOperator(payer), 400],
    ['another one by an owner who is no operator', attachByOwner, 403],
    ['a payer of others', () => after(attachByOperator(payer, other), () => attachByOperator(other, branch)), 409],
    ['others while it is paid for', () => after(attachByOperator(payer, other), attachBranch), 409],
    ['one that has a payer', () => after(attachByOperator(branch, other), attachBranch), 409],
    ['one with a credit limit', () => after(setLimit(1n, branch), attachBranch), 409],
    [
      'one whose reserved money it cannot buy',
      () => after(lease(branch, dollar), () => attachByOperator(branch, other)),
      409,
    ],
  ])('does not pay for %s', async (_name, attempt, status) => {
    expect((await attempt()).status).toBe(status);
    expect((await accounts(branch)).purse.orgId).not.toBe(payer);
  });

  it('does not pay for an organisation that auth does not know', async () => {
    world.unknown.add(branch);
    expect((await attachByOperator(branch)).status).toBe(404);
  });

  it('buys what is leased and held when it comes, and is paid for what is when it goes, to the nano', async () => {
    await lease(branch, dollar / 2n);
    const reserved = (await accounts(branch)).leased;
    expect(reserved).toBeGreaterThan(0n);
    await attachByOperator(branch);
    expect((await accounts(branch)).available).toBe(2n * dollar);
    expect((await balance(payer)).balanceNanoUsd).toBe((10n * dollar).toString());

    await charge(branch, reserved + 7n);
    await lease(branch, dollar);
    const leased = (await accounts(branch)).leased;
    expect(leased).toBeGreaterThan(0n);
    const left = await world.ask('DELETE', '/v1/billing/payer', as(branch));
    expect(left.body).toEqual({ payer: null });
    expect((await balance(payer)).balanceNanoUsd).toBe((10n * dollar - reserved - 7n).toString());
    expect(await accounts(branch)).toMatchObject({ available: 2n * dollar - leased, leased });
  });

  it('pays what is under way and nothing new when the organisation cannot pay for it', async () => {
    await attachByOperator(other);
    await lease(other, dollar);
    const { admission } = world.context;
    expect((await accounts(other)).leased).toBeGreaterThan(0n);
    expect((await hold(other, 5n)).result).toBe('held');
    const gone = await world.ask('DELETE', `/v1/billing/paid-organizations/${other}`, as(payer));
    expect(gone.body.payer).toMatchObject({ state: 'detaching' });
    // Idle credit is back; the hold of the open request is not.
    expect(await accounts(other)).toMatchObject({ leased: 0n, held: 5n });
    expect((await admission.readCredit(other)).creditNanoUsd).toBe(0n);
    expect(await lease(other, 1n)).toMatchObject({ result: 'insufficient' });
    expect(await hold(other, 1n)).toMatchObject({ result: 'insufficient' });

    await tendPayers(world.context);
    expect((await accounts(other)).purse.orgId).toBe(payer);
    const row = await world.context.database.requestHold.findFirstOrThrow({ where: { orgId: other } });
    await charge(other, 3n, { requestId: row.requestId });
    await tendPayers(world.context);
    expect((await accounts(other)).purse.orgId).toBe(other);
    expect((await balance(payer)).balanceNanoUsd).toBe((10n * dollar - 3n).toString());
  });

  it('loses and doubles nothing when it comes and goes under load', async () => {
    const before = (await accounts(branch)).available + (await accounts(payer)).available;
    const costs = Array.from({ length: 40 }, (_, index) => BigInt(1_000_003 * (index + 1)));
    const [outcomes] = await Promise.all([
      runAtOnce<unknown>(
        costs.flatMap((cost) => [
          () => charge(branch, cost),
          () => lease(branch, 1_000_000n),
          () => charge(payer, cost),
        ]),
      ),
      (async () => {
        for (let turn = 0; turn < 5; turn += 1) {
          expect((await attachByOperator(branch)).status).toBe(200);
          await world.ask('DELETE', '/v1/billing/payer', as(branch));
        }
      })(),
    ]);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
    await tendPayers(world.context);
    const spent = 2n * costs.reduce((sum, cost) => sum + cost, 0n);
    const [own, paying] = [await accounts(branch), await accounts(payer)];
    expect(own.purse).toBe(own);
    expect(own.available + own.leased + paying.available + paying.leased).toBe(before - spent);
    const lines = await world.context.database.statementLine.findMany({ where: { orgId: branch, type: 'charge' } });
    const byPayer = lines.filter(({ payerId }) => payerId !== null).reduce((sum, { amount }) => sum - amount, 0n);
    expect(paying.available + paying.leased).toBe(10n * dollar - spent / 2n - byPayer);
  });

  it('is not warned of, topped up or subscribed for what another one pays', async () => {
    await attachByOperator(branch);
    const plan = await world.ask('POST', '/v1/billing/plans', world.operator, {
      ...{ name: randomUUID(), feeNanoUsd: '1000000000', includedCreditNanoUsd: '0', trialDays: 0 },
    });
    const subscribe = await world.ask('PUT', '/v1/billing/subscription', as(branch), { planId: plan.body.id });
    expect(subscribe).toMatchObject({ status: 409, body: { code: 'conflict' } });
    await charge(branch, 9n * dollar + dollar / 2n + (dollar * 499_999n) / 1_000_000n);
    const config = { lowBalanceNanoUsd: 3n * dollar };
    await watchBalances({ ...world.context, config });
    const { database } = world.context;
    const warned = await database.raisedWarning.findMany({ where: { orgId: { in: [payer, branch] } } });
    expect(warned).toMatchObject([{ orgId: payer, type: 'balance.low' }]);
    const settings = { threshold: 3n * dollar, amount: 5n * dollar, dayMax: 50n * dollar, monthMax: 50n * dollar };
    const active = { ...settings, state: 'active', nextAttemptAt: world.clock.now };
    await database.automaticTopUp.createMany({ data: [payer, branch].map((orgId) => ({ orgId, ...active })) });
    await runAutomaticTopUps(world.context);
    expect(await database.payment.count({ where: { orgId: branch } })).toBe(0);
  });

  it('ends with the payer or the organisation when auth knows one of them no more', async () => {
    await attachByOperator(other);
    world.unknown.add(payer);
    world.clock.advance(3_600_001);
    await tendPayers(world.context);
    expect((await world.ask('GET', '/v1/billing/payer', as(other))).body).toEqual({ payer: null });
    expect(await lease(other, 1n)).toMatchObject({ result: 'insufficient' });
  });
});

describe('organisations that leave a payer', () => {
  it('are not delayed by others that have to wait', async () => {
    const leaving: string[] = [];
    for (const orgId of [await fund(0n), await fund(0n)]) {
      await attachByOperator(orgId);
      expect((await hold(orgId, dollar)).result).toBe('held');
      await world.ask('DELETE', '/v1/billing/payer', as(orgId));
      leaving.push(orgId);
    }
    const rows = await world.context.database.paidOrganization.findMany({ where: { state: 'detaching' } });
    const second = rows.findLast(({ orgId }) => leaving.includes(orgId))?.orgId ?? '';
    const { requestId } = await world.context.database.requestHold.findFirstOrThrow({ where: { orgId: second } });
    await charge(second, 1n, { requestId });
    for (let step = 0; step < 100 && (await accounts(second)).purse.orgId === payer; step += 1) {
      await tendPayers(world.context, 1);
    }
    expect((await accounts(second)).purse.orgId).toBe(second);
  });
});

describe('a credit limit', () => {
  it('is never exceeded by a nano, by many organisations and proxies at once', async () => {
    const [a, b] = [await fund(0n), await fund(0n)];
    for (const orgId of [a, b, other]) await attachByOperator(orgId);
    await setLimit(5n * dollar + 3n);
    const step = 300_000_001n;
    const leases = await Promise.all(
      [a, b, other].flatMap((orgId) =>
        Array.from({ length: 12 }, () => [lease(orgId, step), hold(orgId, step)]).flat(),
      ),
    );
    expect(leases.some(({ result }) => result === 'insufficient' || result === undefined)).toBe(true);
    const members = await Promise.all([a, b, other].map(accounts));
    const reserved = members.reduce((sum, { leased, held }) => sum + leased + held, 0n);
    expect((await accounts(payer)).available + reserved).toBe(15n * dollar + 3n);
    // The rest goes to the nano, and no further.
    const rest = (await accounts(payer)).available;
    if (rest > 0n) expect((await hold(a, rest)).result).toBe('held');
    expect((await hold(a, 1n)).result).toBe(undefined);
    expect((await accounts(payer)).available).toBe(0n);
    expect((await balance(payer)).balanceNanoUsd).toBe((10n * dollar).toString());
  });

  it('lets the balance go below zero to the nano, and cannot be lowered below its use', async () => {
    await setLimit(4n * dollar);
    await charge(payer, 13n * dollar);
    expect(await balance(payer)).toMatchObject({
      ...{ balanceNanoUsd: (-3n * dollar).toString(), creditLimitNanoUsd: (4n * dollar).toString() },
    });
    expect(await hold(payer, dollar + 1n)).toMatchObject({ result: 'insufficient' });
    const refused = await setLimit(3n * dollar - 1n);
    expect(refused).toMatchObject({ status: 409 });
    expect(refused.body.detail).toContain(' 3000000000 ');
    expect((await setLimit(3n * dollar)).status).toBe(200);
    expect(await hold(payer, 1n)).toMatchObject({ result: 'insufficient' });
  });

  it('is no money that can be refunded', async () => {
    const own = { ...world.owner };
    const { id } = await world.paid();
    await setLimit(100n * dollar, own.orgId);
    await charge(own.orgId, 15n * dollar);
    const body = { amountNanoUsd: (6n * dollar).toString(), reasonKey: 'r', description: 'x' };
    const refund = (amountNanoUsd: bigint) =>
      world.ask('POST', `/v1/billing/top-ups/${id}/refunds`, world.operator, {
        ...{ ...body, amountNanoUsd: amountNanoUsd.toString() },
      });
    expect(await refund(6n * dollar)).toMatchObject({ status: 400, body: { code: 'invalid_amount' } });
    expect((await refund(5n * dollar)).status).toBe(201);
  });

  it('is no money that is refunded at the provider: that is owed', async () => {
    const { paymentIntent } = await world.paid();
    const { orgId } = world.owner;
    await setLimit(100n * dollar, orgId);
    const before = await accounts(orgId);
    await charge(orgId, before.available + before.creditLine - dollar);
    await world.deliver(world.fake.changeRefund({ paymentIntent, amount: 600, status: 'succeeded' }));
    const after = await accounts(orgId);
    expect([after.available, after.receivable]).toEqual([100n * dollar, -5n * dollar]);
  });

  it.each(['-1', '100000000000000001', '1e3', '0.5'])('refuses %s', async (creditLimitNanoUsd) => {
    const path = `/v1/billing/payers/${payer}/credit-limit`;
    expect((await world.ask('PUT', path, world.operator, { creditLimitNanoUsd })).status).toBe(400);
  });
});

describe('the invoice of a payer', () => {
  it('has lines for each organisation, and its organisations get none for what it paid', async () => {
    const seller = { name: 'S', address: [], taxId: null, numberPrefix: 'P-', taxName: 'VAT', taxPpm: 0 };
    await world.ask('PUT', '/v1/billing/legal-entity', world.operator, seller);
    const profile = { name: 'Branch Ltd', address: [], taxId: null, timeZone: 'UTC' };
    await world.ask('PUT', '/v1/billing/profile', as(branch), profile);
    await charge(branch, dollar);
    await attachByOperator(branch);
    await attachByOperator(other);
    await charge(branch, 2n * dollar + 5n, { teamId: other, tags: { project: 'alpha' } });
    await charge(other, 3n * dollar);
    await charge(payer, dollar);
    const period = world.clock.now.toISOString().slice(0, 7);
    const statement = async (orgId: string, query: string) =>
      (await world.ask('GET', `/v1/billing/statements/${period}?${query}`, as(orgId))).body;
    expect((await statement(payer, 'by=organization')).lines).toMatchObject([
      { subjectId: other, amountNanoUsd: (3n * dollar).toString() },
      { subjectId: branch, amountNanoUsd: (2n * dollar + 5n).toString() },
      { subjectId: payer, amountNanoUsd: dollar.toString() },
    ]);
    const total = (3n * dollar + 5n).toString();
    expect(await statement(branch, 'by=team')).toMatchObject({
      totalNanoUsd: total,
      lines: [{ subjectId: other }, { subjectId: null, description: 'Requests without a team' }],
    });
    expect(await statement(branch, 'by=tag&tag=project')).toMatchObject({
      ...{ totalNanoUsd: total, tag: 'project' },
      lines: [{ subjectId: 'alpha' }, { subjectId: null, description: 'Requests without a value of the tag' }],
    });
    expect((await world.ask('GET', `/v1/billing/statements/${period}?by=tag`, as(branch))).status).toBe(400);
    expect((await world.ask('GET', `/v1/billing/statements/${period}?by=user&tag=x`, as(branch))).status).toBe(400);

    const { database } = world.context;
    world.clock.now = new Date(monthOf(world.clock.now, 'UTC').to.getTime() + 3_600_000);
    while ((await issueInvoices(world.context)) > 0);
    const [invoice, own] = await Promise.all(
      [payer, branch].map(async (orgId) => (await database.invoice.findFirstOrThrow({ where: { orgId } })).body),
    );
    expect((invoice as unknown as Invoice).lines).toMatchObject([
      { amountNanoUsd: dollar.toString() },
      ...[
        { organization: { id: branch, name: 'Branch Ltd' }, amountNanoUsd: (2n * dollar + 5n).toString() },
        { organization: { id: other, name: other }, amountNanoUsd: (3n * dollar).toString() },
      ].sort((x, y) => (x.organization.id < y.organization.id ? -1 : 1)),
    ]);
    expect(own).toMatchObject({ totalNanoUsd: dollar.toString() });
    expect(await database.invoice.count({ where: { orgId: other } })).toBe(0);
  });
});
