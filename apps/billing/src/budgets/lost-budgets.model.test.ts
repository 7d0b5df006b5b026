import { randomUUID } from 'node:crypto';
import { type AdmissionStore, createMemoryAdmissionStore } from '@aggregator/admission';
import { windowAt } from '@aggregator/budgets';
import type { SpoolWatermark, UsageRecorded } from '@aggregator/contracts';
import { createFakeClock } from '@aggregator/testing';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expireHolds } from '../holds/expire-holds.ts';
import { holdMoney } from '../holds/hold-money.ts';
import { confirmedBefore } from '../organizations/directory.ts';
import { recordWatermark } from '../spools/record-watermark.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent } from '../testing/usage-event.ts';
import { type BudgetDesk, createBudgetDesk } from './grant-budgets.ts';
import { createBudgetReconciler } from './reconcile-budgets.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

const zones = ['UTC', 'America/New_York', 'Asia/Kolkata'] as const;
/** Two hours before midnight in New York, the last of the three. */
const startMs = Date.parse('2099-11-30T16:00:00Z');
const holdTtlMs = 3_600_000;

interface OpenRequest {
  requestId: string;
  costNanoUsd: bigint;
  periods: readonly string[];
  at: 'store' | 'ledger';
}

/** One proxy's spool, as little of it as the promise needs. */
class Spool {
  readonly id = randomUUID();
  readonly open: OpenRequest[] = [];
  readonly unshipped: UsageRecorded[] = [];
  seq = 0;
  mark: { mark: string; waitsFor: Set<string> } | null = null;
}

/** Three proxies, a budget of each time zone that every request counts in; the ledger and its jobs are the real ones. */
class Model {
  readonly orgId: string;
  readonly budgets = zones.map((timeZone, index) => ({
    id: randomUUID(),
    timeZone,
    limit: BigInt(1000 - 150 * index),
  }));
  readonly spools = [new Spool(), new Spool(), new Spool()] as const;
  readonly #clock = createFakeClock(startMs);
  readonly #store: { current: AdmissionStore };
  readonly #of: World;
  readonly #desk: BudgetDesk;
  readonly #reconciler: ReturnType<typeof createBudgetReconciler>;
  readonly #log: UsageRecorded[] = [];
  #consumed = 0;
  /** What was ever spent and is held now, by budget and period. */
  readonly spent = new Map<string, bigint>();
  readonly held = new Map<string, bigint>();

  constructor(orgId: string) {
    this.orgId = orgId;
    const make = () => createMemoryAdmissionStore({ now: () => this.#clock.now() - startMs });
    const store = { current: make() };
    this.#store = store;
    this.loseStore = () => {
      store.current = make();
    };
    this.#of = world.withStore({
      admit: (request) => store.current.admit(request),
      raiseHold: (raise) => store.current.raiseHold(raise),
      settle: (settlement) => store.current.settle(settlement),
      grantCredit: (grant) => store.current.grantCredit(grant),
      reclaimCredit: (reclaim) => store.current.reclaimCredit(reclaim),
      countSlots: (request) => store.current.countSlots(request),
      readCredit: (id) => store.current.readCredit(id),
      takeRate: (limit) => store.current.takeRate(limit),
      takeRates: (request) => store.current.takeRates(request),
      readEpoch: () => store.current.readEpoch(),
      get budgets() {
        return store.current.budgets;
      },
      get slices() {
        return store.current.slices;
      },
      close: async () => undefined,
    });
    this.#desk = createBudgetDesk(this.#of, () => this.#clock.now());
    this.#reconciler = createBudgetReconciler({ ...this.#of, grantMaxMs: 0 });
  }

  loseStore: () => void;

  passTime(minutes: number): void {
    this.#clock.advance(minutes * 60_000);
  }

  async begin(proxy: number, holdNanoUsd: bigint, costNanoUsd: bigint, isStoreAway: boolean): Promise<void> {
    const requestId = randomUUID();
    const { orgId } = this;
    const windows = this.budgets.map(({ timeZone }) => windowAt('day', timeZone, this.#clock.now()));
    const periods = windows.map(({ key }) => key);
    const limits = this.budgets.map(({ id, limit }, index) => ({
      ...{ id, period: periods[index] ?? '', limitNanoUsd: limit.toString() },
    }));
    const at = isStoreAway ? 'ledger' : 'store';
    if (isStoreAway) {
      const request = { orgId, requestId, amountNanoUsd: holdNanoUsd, budgets: limits };
      const amounts = { ttlMs: 1, signUpCreditNanoUsd: 0n, chargeMinuteMaxNanoUsd: 10n ** 15n };
      const { result } = await holdMoney(world.database, request, { ...amounts, organizations: confirmedBefore });
      if (result !== 'held') return;
    } else {
      const store = this.#store.current;
      await store.grantCredit({ orgId, leaseId: requestId, amountNanoUsd: holdNanoUsd });
      const budgets = limits.map(({ id, period, limitNanoUsd }) => ({
        ...{ subject: `${id}:${period}`, limitNanoUsd: BigInt(limitNanoUsd) },
      }));
      const request = { orgId, requestId, holdNanoUsd, budgets, rates: [], concurrency: [], holdTtlMs };
      let answer = await store.admit(request);
      if (answer.result === 'no_budget') {
        const { lacking } = answer;
        const wanted = limits.flatMap((limit, index) => {
          const endsAt = new Date(windows[index]?.endsMs ?? 0).toISOString();
          const isLacking = lacking.includes(`${limit.id}:${limit.period}`);
          return isLacking ? [{ ...limit, neededNanoUsd: holdNanoUsd.toString(), endsAt }] : [];
        });
        await this.#desk.grant({ orgId, budgets: wanted });
        answer = await store.admit(request);
      }
      if (answer.result !== 'admitted') return;
    }
    this.#add(this.held, periods, holdNanoUsd);
    this.#spool(proxy).open.push({ requestId, costNanoUsd, periods, at });
    this.judge();
  }

  /** The oldest request ends. `isKilled`: its proxy dies before the hold is ended, and the next process writes the settlement. */
  async end(proxy: number, isKilled = false): Promise<void> {
    const spool = this.#spool(proxy);
    const request = spool.open.shift();
    if (request === undefined) return;
    const { requestId, costNanoUsd, periods, at } = request;
    spool.seq += 1;
    const budgets = this.budgets.map(({ id }, index) => ({ id, period: periods[index] ?? '', isHeld: true }));
    const place = { id: spool.id, epoch: 1, seq: spool.seq };
    spool.unshipped.push(usageEvent({ orgId: this.orgId, requestId, costNanoUsd, budgets, spool: place }));
    this.#add(this.spent, periods, costNanoUsd);
    if (at === 'store' && !isKilled) {
      await this.#store.current.settle({ orgId: this.orgId, requestId, actualNanoUsd: costNanoUsd, actualCosts: {} });
    }
  }

  ship(proxy: number): void {
    this.#log.push(...this.#spool(proxy).unshipped.splice(0));
  }

  async consume(): Promise<void> {
    const next = this.#log.slice(this.#consumed, this.#consumed + 2);
    if (next.length > 0) expect(await world.handle(...next)).toEqual([]);
    this.#consumed += next.length;
  }

  async report(proxy: number, isClosed = false): Promise<void> {
    const spool = this.#spool(proxy);
    const waiting = [
      ...spool.open.map(({ requestId }) => requestId),
      ...spool.unshipped.map((event) => event.requestId),
    ];
    let passed: SpoolWatermark['passed'] = null;
    if (spool.mark !== null && !waiting.some((id) => spool.mark?.waitsFor.has(id))) {
      passed = { mark: spool.mark.mark, seq: spool.seq - spool.unshipped.length };
      spool.mark = null;
    }
    const facts = { spoolId: spool.id, epoch: 1, openRequests: 0, unshipped: 0, passed, isClosed };
    const { mark } = await recordWatermark(world.database, facts);
    spool.mark ??= { mark, waitsFor: new Set(waiting) };
  }

  async reconcile(): Promise<void> {
    world.log.positions = [{ partition: 0, position: BigInt(this.#consumed), end: BigInt(this.#log.length) }];
    await world.database.$executeRaw`DELETE FROM background_turn`;
    await this.#reconciler.step();
    await expireHolds(world.database, world.finality);
  }

  async heal(): Promise<void> {
    for (const proxy of [0, 1, 2]) {
      while (this.#spool(proxy).open.length > 0) await this.end(proxy);
      this.ship(proxy);
    }
    while (this.#consumed < this.#log.length) await this.consume();
    this.passTime(holdTtlMs / 60_000 + 1);
    for (let round = 0; round < 4; round += 1) {
      await this.reconcile();
      for (const proxy of [0, 1, 2, 0, 1, 2]) await this.report(proxy);
    }
    await this.reconcile();
  }

  /** After every loss: never more spent than the limit, in any period. */
  judge(): void {
    for (const { id, limit } of this.budgets) {
      for (const [name, spent] of this.spent) {
        if (name.startsWith(id)) expect(spent <= limit ? limit : `${spent} in ${name}`).toBe(limit);
      }
    }
  }

  async readRows() {
    const ids = this.budgets.map(({ id }) => id);
    const rows = await world.database.budgetPeriod.findMany({ where: { budgetId: { in: ids } } });
    return Promise.all(
      rows.map(async (row) => {
        const subject = `${row.budgetId}:${row.period}`;
        const { roomNanoUsd } = await this.#store.current.budgets.read({ orgId: this.orgId, subject });
        return { ...row, subject, room: roomNanoUsd };
      }),
    );
  }

  #spool(proxy: number): Spool {
    const spool = this.spools[proxy];
    if (spool === undefined) throw new Error(`no proxy ${proxy}`);
    return spool;
  }

  #add(sums: Map<string, bigint>, periods: readonly string[], nanoUsd: bigint): void {
    for (const [index, { id }] of this.budgets.entries()) {
      const name = `${id}:${periods[index]}`;
      sums.set(name, (sums.get(name) ?? 0n) + nanoUsd);
    }
  }
}

const proxy = fc.integer({ min: 0, max: 2 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      ...{ do: fc.constantFrom('begin' as const, 'begin' as const, 'beginOnLedger' as const), proxy },
      ...{ hold: fc.integer({ min: 50, max: 400 }), share: fc.integer({ min: 1, max: 4 }) },
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'kill' as const, 'report' as const), proxy }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('ship' as const), proxy }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('consume' as const, 'reconcile' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('loseStore' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('passTime' as const), minutes: fc.integer({ min: 1, max: 200 }) }),
  },
);

it('I2: exceeds no budget in any period of three time zones, and counts each request once, after any loss or delay', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      const model = new Model(await world.fund(1_000_000n));
      for (const at of [0, 1, 2]) await model.report(at);
      for (const next of steps) {
        if (next.do === 'begin' || next.do === 'beginOnLedger') {
          const hold = BigInt(next.hold);
          await model.begin(next.proxy, hold, hold / BigInt(next.share), next.do === 'beginOnLedger');
        } else if (next.do === 'end') await model.end(next.proxy);
        else if (next.do === 'kill') await model.end(next.proxy, true);
        else if (next.do === 'passTime') model.passTime(next.minutes);
        else if (next.do === 'report') await model.report(next.proxy);
        else if (next.do === 'ship') model.ship(next.proxy);
        else await model[next.do]();
      }
      await model.heal();

      model.judge();
      const rows = await model.readRows();
      const counted = rows.filter(({ spent }) => spent > 0n).map(({ subject, spent }) => [subject, spent]);
      expect(new Map(counted as [string, bigint][])).toEqual(model.spent);
      // All that was not spent can be used again.
      for (const { allotted, spent, held, room } of rows)
        expect({ allotted, held }).toEqual({ allotted: spent + room, held: 0n });
      for (const at of [0, 1, 2]) await model.report(at, true);
    }),
    { numRuns: 40 },
  );
}, 240_000);
