import { randomUUID } from 'node:crypto';
import { createMemoryAdmissionStore } from '@aggregator/admission';
import type { BudgetSpending } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { holdMoney, releaseHolds } from '../holds/hold-money.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { runAtOnce } from '../testing/run-at-once.ts';
import { usageEvent } from '../testing/usage-event.ts';
import { createBudgetDesk } from './grant-budgets.ts';
import { createBudgetReconciler } from './reconcile-budgets.ts';
import { reportSpending } from './report-spending.ts';

const period = '2026-11';
const endsAt = '2999-01-01T00:00:00.000Z';
let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

interface Given {
  orgId: string;
  id: string;
  limit: bigint;
}

const makeBudget = (limit = 1000n): Given => ({ orgId: randomUUID(), id: randomUUID(), limit });
const subjectOf = ({ id }: Given, of = period) => `${id}:${of}`;
const readRow = ({ id }: Given, of = period) =>
  world.database.budgetPeriod.findUnique({ where: { budgetId_period: { budgetId: id, period: of } } });
const readRoom = (of: World, budget: Given) =>
  of.admission.budgets.read({ orgId: budget.orgId, subject: subjectOf(budget) });
const grant = async (of: World, budget: Given, needed: bigint, limit = budget.limit) => {
  const { orgId, id } = budget;
  const wanted = { id, period, limitNanoUsd: `${limit}`, neededNanoUsd: `${needed}`, endsAt };
  const [answer] = await createBudgetDesk(of).grant({ orgId, budgets: [wanted] });
  return answer;
};
const charge = ({ orgId, id }: Given, costNanoUsd: bigint, facts: { requestId?: string; isHeld?: boolean } = {}) => {
  const { isHeld = true, ...rest } = facts;
  return usageEvent({ orgId, costNanoUsd, budgets: [{ id, period, isHeld }], ...rest });
};

/** Admits and settles at the store, as a proxy does; the charge is to follow. */
async function spendAt(of: World, budget: Given, holdNanoUsd: bigint, actualNanoUsd: bigint): Promise<string> {
  const { orgId, limit } = budget;
  const requestId = randomUUID();
  await of.admission.grantCredit({ orgId, leaseId: randomUUID(), amountNanoUsd: holdNanoUsd });
  const budgets = [{ subject: subjectOf(budget), limitNanoUsd: limit }];
  const answer = await of.admission.admit({
    ...{ orgId, requestId, holdNanoUsd, budgets, rates: [], concurrency: [], holdTtlMs: 60_000 },
  });
  expect(answer.result).toBe('admitted');
  await of.admission.settle({ orgId, requestId, actualNanoUsd, actualCosts: {} });
  return requestId;
}

describe('room of budgets', () => {
  it('is allotted in quarters of what is left, and never beyond the limit (I2)', async () => {
    const budget = makeBudget();
    const answers = [];
    for (let turn = 0; turn < 9; turn += 1) answers.push((await grant(world, budget, 200n))?.result);

    expect(answers).toEqual(['granted', 'granted', 'granted', 'granted', 'granted', ...Array(4).fill('exceeded')]);
    expect(await readRow(budget)).toMatchObject({ allotted: 1000n, spent: 0n, revision: 5n });
    expect(await readRoom(world, budget)).toMatchObject({ roomNanoUsd: 1000n, revision: 5n });
  });

  it('is the same for many who ask at once, in one process and in several (I2)', async () => {
    const budget = makeBudget(10_000n);
    const desks = [createBudgetDesk(world), createBudgetDesk(world), createBudgetDesk(world)];
    const wanted = { id: budget.id, period, limitNanoUsd: '10000', neededNanoUsd: '700', endsAt };
    const grants = Array.from(
      { length: 60 },
      (_none, index) => async () => desks[index % 3]?.grant({ orgId: budget.orgId, budgets: [wanted] }),
    );
    expect((await runAtOnce(grants)).filter(({ status }) => status === 'rejected')).toEqual([]);
    const row = await readRow(budget);
    expect(row?.allotted).toBe(10_000n);
    expect((await readRoom(world, budget)).roomNanoUsd).toBeLessThanOrEqual(10_000n);
  });

  it('follows a limit that was raised, and gives nothing below one that was lowered', async () => {
    const budget = makeBudget();
    await grant(world, budget, 1000n);
    expect((await grant(world, budget, 10n, 500n))?.result).toBe('exceeded');
    expect((await grant(world, budget, 10n, 1400n))?.result).toBe('granted');
    expect((await readRow(budget))?.allotted).toBe(1100n);
  });

  it('is given to no other organisation (I17)', async () => {
    const budget = makeBudget();
    await grant(world, budget, 10n);
    await expect(grant(world, { ...budget, orgId: randomUUID() }, 10n)).rejects.toMatchObject({
      code: 'billing_unavailable',
    });
    await world.handle(charge({ ...budget, orgId: randomUUID() }, 10n));
    expect((await readRow(budget))?.spent).toBe(0n);
  });

  it('counts a charge once, however often its event comes (I7)', async () => {
    const budget = makeBudget();
    await grant(world, budget, 100n);
    const event = charge(budget, 40n);
    await world.handle(event, event);
    await world.handle(event);
    expect(await readRow(budget)).toMatchObject({ spent: 40n, allotted: 250n });
  });

  it('counts a charge without a hold as used at once: a budget that warned and then rejects', async () => {
    const budget = makeBudget();
    await grant(world, budget, 100n);
    await world.handle(charge(budget, 600n, { isHeld: false }));
    expect(await readRow(budget)).toMatchObject({ spent: 600n, allotted: 850n });
    expect((await grant(world, budget, 151n))?.result).toBe('granted');
    expect((await grant(world, budget, 1n))?.result).toBe('exceeded');
  });
});

describe('room of budgets that is lost', () => {
  const reconciler = (of: World) => createBudgetReconciler({ ...of, grantMaxMs: 0 });
  /** Looks, lets every spool pass the marks of that moment, and looks again. */
  const settleAll = async (of: World) => {
    const reconcile = reconciler(of);
    await world.database.$executeRaw`DELETE FROM background_turn`;
    await reconcile.step();
    await reconcile.step();
    await world.passMarks();
    await reconcile.step();
  };

  it('stays used until no settlement can follow, then is given back (I1, I2)', async () => {
    const budget = makeBudget();
    await grant(world, budget, 800n);
    const requestId = await spendAt(world, budget, 500n, 300n);
    const after = world.withStore(createMemoryAdmissionStore());
    expect((await grant(after, budget, 300n))?.result).toBe('granted');
    expect((await grant(after, budget, 1n))?.result).toBe('exceeded');
    await reconciler(after).step();
    expect((await readRow(budget))?.allotted).toBe(1000n);

    await world.handle(charge(budget, 300n, { requestId }));
    await settleAll(after);

    expect(await readRow(budget)).toMatchObject({ spent: 300n, allotted: 500n });
    expect((await readRoom(after, budget)).roomNanoUsd).toBe(200n);
    expect((await grant(after, budget, 500n))?.result).toBe('granted');
    expect((await readRow(budget))?.allotted).toBe(1000n);
  });

  it('is given back once by two who look at the same time', async () => {
    const budget = makeBudget();
    await grant(world, budget, 1000n);
    const after = world.withStore(createMemoryAdmissionStore());
    await world.database.$executeRaw`DELETE FROM background_turn`;
    const [one, two] = [reconciler(after), reconciler(after)];
    const step = async (of: typeof one) => {
      await world.database.$executeRaw`DELETE FROM background_turn`;
      await of.step();
    };
    for (const each of [one, two, one, two]) await step(each);
    await world.passMarks();
    await step(one);
    await step(two);
    expect(await readRow(budget)).toMatchObject({ allotted: 0n, returned: 1000n });
  });

  it('is not taken for lost while a grant is on its way (I2)', async () => {
    const budget = makeBudget();
    const store = createMemoryAdmissionStore();
    const late: (() => Promise<unknown>)[] = [];
    const slow = world.withStore({
      ...world.admission,
      readEpoch: () => store.readEpoch(),
      budgets: {
        ...store.budgets,
        async grant(taken) {
          if (taken.amountNanoUsd === 0n) return store.budgets.grant(taken);
          late.push(() => store.budgets.grant(taken));
          return true;
        },
      },
    });
    await grant(slow, budget, 1000n);
    await settleAll(slow);
    expect((await readRow(budget))?.allotted).toBe(0n);
    for (const arrive of late) await arrive();
    const room = await store.budgets.read({ orgId: budget.orgId, subject: subjectOf(budget) });
    expect(room.roomNanoUsd).toBe(0n);
  });
});

describe('holds of the ledger', () => {
  const options = { ttlMs: 60_000, signUpCreditNanoUsd: 0n, chargeMinuteMaxNanoUsd: 10n ** 15n };
  const hold = async (budget: Given, amountNanoUsd: bigint, requestId: string = randomUUID()) => {
    const budgets = [{ id: budget.id, period, limitNanoUsd: `${budget.limit}` }];
    const { organizations } = world;
    const request = { orgId: budget.orgId, requestId, amountNanoUsd, budgets };
    return { requestId, answer: await holdMoney(world.database, request, { ...options, organizations }) };
  };

  it('respect budgets while the counter store is away, beside what it was allotted (I2)', async () => {
    const budget = { ...makeBudget(), orgId: await world.fund(1_000_000n) };
    await grant(world, budget, 400n);
    const first = await hold(budget, 500n);
    expect(first.answer.result).toBe('held');
    const second = await hold(budget, 101n);
    expect(second.answer).toMatchObject({ result: 'budget_exceeded', usedNanoUsd: '900', budgetId: budget.id });
    expect((await grant(world, budget, 101n))?.result).toBe('granted');
    expect((await readRow(budget))?.allotted).toBe(500n);

    await world.handle(charge(budget, 200n, { requestId: first.requestId }));
    expect(await readRow(budget)).toMatchObject({ held: 0n, spent: 200n, allotted: 700n });
    const third = await hold(budget, 300n);
    expect(third.answer.result).toBe('held');
    await releaseHolds(world.database, [third.requestId]);
    expect(await readRow(budget)).toMatchObject({ held: 0n, spent: 200n, allotted: 700n });
  });
});

describe('spending', () => {
  const onError = () => undefined;

  it('of a budget that is always rejected delays that of no other', async () => {
    const [bad, good] = [makeBudget(), makeBudget()];
    for (const budget of [bad, good]) await world.handle(charge(budget, 30n));
    const reported = new Set<string>();
    const rejected: string[] = [];
    const directory = {
      async report({ budgets }: BudgetSpending) {
        if (budgets.some(({ budgetId }) => budgetId === bad.id)) throw new Error('rejected');
        for (const { budgetId } of budgets) reported.add(budgetId);
      },
    };
    await reportSpending(world.database, directory, (orgId) => rejected.push(orgId));
    expect([reported.has(good.id), reported.has(bad.id), rejected.length]).toEqual([true, false, 1]);
    await world.database.budgetPeriod.deleteMany({ where: { budgetId: bad.id } });
  });

  it('is reported after each change, and again until it is taken', async () => {
    const budget = makeBudget();
    const reported: string[] = [];
    const directory = (isAway: boolean) => ({
      list: () => Promise.reject(new Error('not asked')),
      get: () => Promise.reject(new Error('not asked')),
      async report({ budgets }: BudgetSpending) {
        if (isAway) throw new Error('away');
        reported.push(
          ...budgets.filter(({ budgetId }) => budgetId === budget.id).map(({ spentNanoUsd }) => spentNanoUsd),
        );
      },
    });
    await world.handle(charge(budget, 30n));
    await expect(reportSpending(world.database, directory(true), onError)).rejects.toThrow('away');
    await reportSpending(world.database, directory(false), onError);
    await reportSpending(world.database, directory(false), onError);
    await world.handle(charge(budget, 12n));
    await reportSpending(world.database, directory(false), onError);
    expect(reported).toEqual(['30', '42']);
  });
});
