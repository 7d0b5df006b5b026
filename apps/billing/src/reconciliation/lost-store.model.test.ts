import { randomUUID } from 'node:crypto';
import { type AdmissionStore, createMemoryAdmissionStore } from '@aggregator/admission';
import type { SpoolWatermark, UsageRecorded } from '@aggregator/contracts';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { expireHolds } from '../holds/expire-holds.ts';
import { holdMoney } from '../holds/hold-money.ts';
import { createLeaseDesk, type LeaseDesk } from '../leases/lease-desk.ts';
import { confirmedBefore } from '../organizations/directory.ts';
import { recordWatermark } from '../spools/record-watermark.ts';
import { openWorld, type World } from '../testing/open-world.ts';
import { usageEvent } from '../testing/usage-event.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld({ leaseTargetNanoUsd: 300n });
});
afterAll(() => world.close());

interface OpenRequest {
  requestId: string;
  costNanoUsd: bigint;
  /** Where the money is held. */
  at: 'store' | 'ledger';
}

/** A proxy, its spool and the event log, each as little as the promise needs; the ledger and its jobs are the real ones. */
class Model {
  readonly spoolId = randomUUID();
  readonly orgId: string;
  readonly #desk: LeaseDesk;
  readonly #store: { current: AdmissionStore };
  readonly #of: World;
  readonly #open: OpenRequest[] = [];
  readonly #unshipped: UsageRecorded[] = [];
  readonly #log: UsageRecorded[] = [];
  #consumed = 0;
  #seq = 0;
  #mark: { mark: string; waitsFor: Set<string> } | null = null;
  spent = 0n;

  constructor(orgId: string) {
    this.orgId = orgId;
    const store = { current: createMemoryAdmissionStore() };
    this.#store = store;
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
    this.#desk = createLeaseDesk(this.#of);
  }

  async begin(holdNanoUsd: bigint, costNanoUsd: bigint, isStoreAway: boolean): Promise<void> {
    const requestId = randomUUID();
    const { orgId } = this;
    if (isStoreAway) {
      const options = {
        ttlMs: 1,
        signUpCreditNanoUsd: 0n,
        chargeMinuteMaxNanoUsd: 10n ** 15n,
        organizations: confirmedBefore,
      };
      const held = await holdMoney(world.database, { orgId, requestId, amountNanoUsd: holdNanoUsd }, options).catch(
        () => ({ result: 'insufficient' }),
      );
      if (held.result === 'held') this.#open.push({ requestId, costNanoUsd, at: 'ledger' });
      return;
    }
    const request = { orgId, requestId, holdNanoUsd, rates: [], concurrency: [], holdTtlMs: 60_000 };
    let answer = await this.#store.current.admit(request);
    if (answer.result === 'no_credit' && (await this.#desk.lease(orgId, holdNanoUsd)).result === 'granted') {
      answer = await this.#store.current.admit(request);
    }
    if (answer.result === 'admitted') this.#open.push({ requestId, costNanoUsd, at: 'store' });
  }

  /** The oldest request ends: its settlement is in the spool, then its hold is ended. */
  async end(): Promise<void> {
    const request = this.#open.shift();
    if (request === undefined) return;
    const { requestId, costNanoUsd } = request;
    this.#seq += 1;
    const spool = { id: this.spoolId, epoch: 1, seq: this.#seq };
    this.#unshipped.push(usageEvent({ orgId: this.orgId, requestId, costNanoUsd, spool }));
    this.spent += costNanoUsd;
    if (request.at === 'store') {
      await this.#store.current.settle({ orgId: this.orgId, requestId, actualNanoUsd: costNanoUsd, actualCosts: {} });
    }
  }

  ship(): void {
    this.#log.push(...this.#unshipped.splice(0));
  }

  async consume(): Promise<void> {
    const next = this.#log.slice(this.#consumed, this.#consumed + 2);
    if (next.length > 0) expect(await world.handle(...next)).toEqual([]);
    this.#consumed += next.length;
  }

  async report(isClosed = false): Promise<void> {
    const waiting = [
      ...this.#open.map(({ requestId }) => requestId),
      ...this.#unshipped.map((event) => event.requestId),
    ];
    let passed: SpoolWatermark['passed'] = null;
    if (this.#mark !== null && !waiting.some((id) => this.#mark?.waitsFor.has(id))) {
      passed = { mark: this.#mark.mark, seq: this.#seq - this.#unshipped.length };
      this.#mark = null;
    }
    const facts = { spoolId: this.spoolId, epoch: 1, openRequests: 0, unshipped: 0, passed, isClosed };
    const { mark } = await recordWatermark(world.database, facts);
    this.#mark ??= { mark, waitsFor: new Set(waiting) };
  }

  async reconcile(): Promise<void> {
    world.log.positions = [{ partition: 0, position: BigInt(this.#consumed), end: BigInt(this.#log.length) }];
    await this.#of.reconcile();
    await expireHolds(world.database, world.finality);
  }

  loseStore(): void {
    this.#store.current = createMemoryAdmissionStore();
  }

  async heal(): Promise<void> {
    while (this.#open.length > 0) await this.end();
    this.ship();
    while (this.#consumed < this.#log.length) await this.consume();
    for (let round = 0; round < 3; round += 1) {
      await this.reconcile();
      await this.report();
      await this.report();
    }
    await this.reconcile();
  }

  async atStore(): Promise<bigint> {
    const { creditNanoUsd, heldNanoUsd } = await this.#store.current.readCredit(this.orgId);
    return creditNanoUsd + heldNanoUsd;
  }
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('begin' as const), hold: fc.integer({ min: 50, max: 400 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('end', 'report', 'reconcile') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('ship', 'consume') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('loseStore', 'beginOnLedger') }) },
);

it('I2: spends no more than the balance, and returns the rest, after any loss or delay', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), async (steps) => {
      const model = new Model(await world.fund(1000n));
      await model.report();
      const lossBefore = await world.platform('platform_loss');
      for (const next of steps) {
        if (next.do === 'begin') await model.begin(BigInt(next.hold), BigInt(next.hold), false);
        else if (next.do === 'beginOnLedger') await model.begin(200n, 200n, true);
        else if (next.do === 'loseStore') model.loseStore();
        else await model[next.do]();
      }
      await model.heal();

      expect(model.spent).toBeLessThanOrEqual(1000n);
      expect(await world.platform('platform_loss')).toBe(lossBefore);
      const { available, leased } = await world.balances(model.orgId);
      expect(available + leased).toBe(1000n - model.spent);
      expect(leased).toBe(await model.atStore());
      expect(await world.check()).toMatchObject({ isConsistent: true });
      await model.report(true);
    }),
    { numRuns: 40 },
  );
});
