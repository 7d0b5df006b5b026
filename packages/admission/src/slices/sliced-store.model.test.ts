import { randomUUID } from 'node:crypto';
import { createFakeClock } from '@aggregator/testing';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { makeOrg, toRequest } from '../conformance/harness.ts';
import { createMemoryAdmissionStore } from '../memory/memory-store.ts';
import type { AdmissionStore, AdmitRequest } from '../port.ts';
import { createSlicedAdmissionStore, type SlicedAdmissionStore } from './sliced-store.ts';

type Step =
  | { do: 'admit'; process: number; amounts: number[] }
  | { do: 'settle'; which: number; actual: number }
  | { do: 'raise'; which: number; more: number }
  | { do: 'pass'; ms: number }
  | { do: 'crash'; process: number }
  | { do: 'part'; process: number };

const processes = 3;
const small = fc.integer({ min: 0, max: processes - 1 });
const amount = fc.integer({ min: 0, max: 60 });
const which = fc.nat({ max: 1000 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('admit' as const),
      process: small,
      amounts: fc.array(amount, { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('settle' as const), which, actual: amount }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('raise' as const), which, more: amount }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 1500 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), process: small }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('part' as const), process: small }) },
);

const granted = 2000;
const slotsMax = 24;
const ratePerMinute = 600;
const tokensPerMinute = 6000;
const budget = { subject: 'budget', limitNanoUsd: 1500n };

interface Open {
  process: number;
  request: AdmitRequest;
  held: number;
}

/** Processes with slices over one store, and a plain account of what they let through. */
class World {
  readonly #clock = createFakeClock(5_000);
  readonly #store = createMemoryAdmissionStore({ now: () => this.#clock.now() });
  readonly #startMs = this.#clock.now();
  readonly #orgId: string;
  /** Those that the store does not answer. */
  readonly #parted = new Set<number>();
  readonly #dead = new Set<number>();
  readonly #stores: SlicedAdmissionStore[];
  readonly open: Open[] = [];
  charged = 0;
  units = 0;
  tokens = 0;
  lost = 0;

  private constructor(orgId: string) {
    this.#orgId = orgId;
    this.#stores = Array.from({ length: processes }, (_none, process) => this.#begin(process));
  }

  static async make(): Promise<World> {
    const orgId = randomUUID();
    const world = new World(orgId);
    await world.#store.grantCredit({ orgId, leaseId: 'lease', amountNanoUsd: BigInt(granted) });
    const room = { amountNanoUsd: 1800n, allottedNanoUsd: 1800n, revision: 1n, ttlMs: null };
    await world.#store.budgets.grant({ orgId, subject: budget.subject, ...room });
    return world;
  }

  async run(step: Step): Promise<void> {
    if (step.do === 'admit') await this.#admit(step.process, step.amounts);
    else if (step.do === 'settle') await this.#settle(step.which, step.actual);
    else if (step.do === 'raise') await this.#raise(step.which, step.more);
    else if (step.do === 'pass') this.#clock.advance(step.ms);
    else if (step.do === 'crash') this.#crash(step.process);
    else if (!this.#parted.delete(step.process)) this.#parted.add(step.process);
    await new Promise((resolve) => setImmediate(resolve));
    this.#check();
  }

  /** Ends all that is open. Returns what the store has in the end. */
  async end() {
    this.#parted.clear();
    while (this.open.length > 0) await this.#settle(0, 1);
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(this.#stores.map((store) => store.giveBack()));
      this.#clock.advance(1000);
    }
    const [slots] = await this.#store.countSlots({ orgId: this.#orgId, subjects: ['slot'] });
    const { creditNanoUsd, heldNanoUsd } = await this.#store.readCredit(this.#orgId);
    const { roomNanoUsd } = await this.#store.budgets.read({ orgId: this.#orgId, subject: budget.subject });
    return { credit: Number(creditNanoUsd), held: Number(heldNanoUsd), slots: slots ?? -1, room: Number(roomNanoUsd) };
  }

  get crashed(): boolean {
    return this.#dead.size > 0 || this.lost > 0;
  }

  async #admit(process: number, amounts: readonly number[]): Promise<void> {
    const isCalm = this.#parted.size === 0 && !this.crashed;
    await Promise.all(
      amounts.map(async (amount) => {
        const request = toRequest({
          ...{ orgId: this.#orgId, holdNanoUsd: BigInt(amount), budgets: [budget] },
          rates: [
            { subject: 'requests', ratePerMinute, cost: 1 },
            { subject: 'tokens', ratePerMinute: tokensPerMinute, cost: 20 },
          ],
          concurrency: [{ subject: 'slot', max: slotsMax }],
        });
        const free = this.#free();
        const answer = await this.#stores[process]?.admit(request).catch(() => null);
        if (answer?.result === 'admitted') {
          this.open.push({ process, request, held: amount });
          this.units += 1;
          this.tokens += 20;
        } else if (answer != null && isCalm && amounts.length === 1) {
          // Nothing is refused while another process has it and does not use it.
          if (answer.result === 'no_credit' || answer.result === 'no_budget') expect(amount).toBeGreaterThan(free);
          if (answer.result === 'concurrency_limited') expect(this.open.length).toBe(slotsMax);
        }
      }),
    );
  }

  async #settle(which: number, actual: number): Promise<void> {
    const [open] = this.open.length === 0 ? [] : this.open.splice(which % this.open.length, 1);
    if (open === undefined) return;
    const { requestId, orgId } = open.request;
    const cost = Math.min(actual, open.held);
    this.charged += cost;
    this.tokens -= 20 - Math.min(actual, 20);
    const actualCosts = { tokens: Math.min(actual, 20) };
    const settlement = { orgId, requestId, actualNanoUsd: BigInt(cost), actualCosts };
    // What is not settled at the store stays held there: it is lost until it expires.
    await this.#stores[open.process]?.settle(settlement).catch(() => {
      this.lost += 1;
    });
  }

  async #raise(which: number, more: number): Promise<void> {
    const open = this.open[which % Math.max(1, this.open.length)];
    if (open === undefined) return;
    const { requestId, orgId, budgets = [] } = open.request;
    const raise = { orgId, requestId, holdNanoUsd: BigInt(open.held + more), budgets };
    const answer = await this.#stores[open.process]?.raiseHold(raise).catch(() => {
      this.lost += 1;
      return null;
    });
    if (answer?.result === 'raised') open.held += more;
  }

  /** The process is gone with its slices; its requests were charged or not, and the store does not hear of it. */
  #crash(process: number): void {
    for (const open of this.open.filter((one) => one.process === process)) {
      this.open.splice(this.open.indexOf(open), 1);
      this.charged += open.held;
    }
    this.#dead.add(process);
    this.lost += 1;
    const next = this.#begin(process);
    this.#stores[process] = next;
  }

  #free(): number {
    const held = this.open.reduce((sum, { held: one }) => sum + one, 0);
    return Math.min(granted, 1500) - this.charged - held;
  }

  #check(): void {
    expect(this.#free()).toBeGreaterThanOrEqual(0);
    expect(this.open.length).toBeLessThanOrEqual(slotsMax);
    const minutes = (this.#clock.now() - this.#startMs) / 60_000;
    expect(this.units).toBeLessThanOrEqual(ratePerMinute * (1 + minutes));
    expect(this.tokens).toBeLessThanOrEqual(tokensPerMinute * (1 + minutes));
  }

  #begin(process: number): SlicedAdmissionStore {
    const self: { store?: SlicedAdmissionStore } = {};
    const guard = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
      this.#parted.has(process) || this.#stores[process] !== self.store ? Promise.reject(new Error('away')) : ask();
    const store = createSlicedAdmissionStore({
      ...{ primary: bind(this.#store, guard), now: () => this.#clock.now(), busyFrom: 2 },
      ...{ onTaking: () => undefined, onEnded: () => undefined },
      publishRecall: async (orgId) => {
        await Promise.all(
          this.#stores.filter((_one, other) => !this.#parted.has(other)).map((one) => one.giveBack(orgId)),
        );
      },
      wait: async (ms) => this.#clock.advance(ms),
    });
    self.store = store;
    return store;
  }
}

function bind(store: AdmissionStore, guard: <Answer>(ask: () => Promise<Answer>) => Promise<Answer>): AdmissionStore {
  return {
    admit: (request) => guard(() => store.admit(request)),
    raiseHold: (raise) => guard(() => store.raiseHold(raise)),
    settle: (settlement) => guard(() => store.settle(settlement)),
    grantCredit: (grant) => guard(() => store.grantCredit(grant)),
    reclaimCredit: (reclaim) => guard(() => store.reclaimCredit(reclaim)),
    countSlots: (request) => guard(() => store.countSlots(request)),
    readCredit: (orgId) => guard(() => store.readCredit(orgId)),
    takeRate: (limit) => guard(() => store.takeRate(limit)),
    takeRates: (request) => guard(() => store.takeRates(request)),
    readEpoch: () => guard(() => store.readEpoch()),
    budgets: store.budgets,
    slices: {
      take: (request) => guard(() => store.slices.take(request)),
      book: (booking) => guard(() => store.slices.book(booking)),
      recall: (orgId) => guard(() => store.slices.recall(orgId)),
    },
    close: async () => undefined,
  };
}

it('let no more through than the counters have, with crashes and a store that is away (I2, I14)', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const world = await World.make();
      for (const one of steps) await world.run(one);
      const left = await world.end();
      if (world.crashed) {
        expect(left.credit).toBeLessThanOrEqual(granted - world.charged);
        expect(left.room).toBeLessThanOrEqual(1800 - world.charged);
      } else {
        const credit = granted - world.charged;
        expect(left).toEqual({ credit, held: 0, slots: 0, room: 1800 - world.charged });
      }
    }),
    { numRuns: 300 },
  );
});

it('admit nearly all requests of a busy caller without asking the store', async () => {
  const clock = createFakeClock(5_000);
  const store = createMemoryAdmissionStore({ now: () => clock.now() });
  let asked = 0;
  const primary = bind(store, (ask) => {
    asked += 1;
    return ask();
  });
  const none = { publishRecall: async () => undefined, onTaking: () => undefined, onEnded: () => undefined };
  const sliced = createSlicedAdmissionStore({ primary, now: () => clock.now(), ...none });
  const orgId = await makeOrg(store, 1_000_000_000n);
  const rates = [{ subject: 'requests', ratePerMinute: 1_000_000, cost: 1 }];
  for (let request = 0; request < 2000; request += 1) {
    const one = toRequest({ orgId, holdNanoUsd: 1000n, rates });
    expect((await sliced.admit(one)).result).toBe('admitted');
    await sliced.settle({ orgId, requestId: one.requestId, actualNanoUsd: 10n, actualCosts: {} });
    clock.advance(1);
  }
  expect(asked).toBeLessThan(200);
  await sliced.giveBack();
  expect(await store.readCredit(orgId)).toMatchObject({ creditNanoUsd: 999_980_000n, heldNanoUsd: 0n });
});
