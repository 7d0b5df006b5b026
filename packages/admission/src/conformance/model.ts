import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { toRequest, type UseHarness } from './harness.ts';

type Step =
  | { do: 'grant'; lease: number; amount: number }
  | { do: 'admit'; request: number; amount: number; slot: number }
  | { do: 'raise'; request: number; amount: number }
  | { do: 'settle'; request: number; amount: number }
  | { do: 'reclaim'; amount: number };

const amount = fc.integer({ min: 0, max: 50 });
const small = fc.integer({ min: 0, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('grant' as const), lease: small, amount }),
  fc.record({ do: fc.constant('admit' as const), request: small, amount, slot: fc.integer({ min: 0, max: 1 }) }),
  fc.record({ do: fc.constant('raise' as const), request: small, amount }),
  fc.record({ do: fc.constant('settle' as const), request: small, amount }),
  fc.record({ do: fc.constant('reclaim' as const), amount }),
);

const slotMax = 2;

/** The counter store as a few plain lines: what any sequence of calls leaves behind. */
class Model {
  credit = 0;
  readonly leases = new Set<number>();
  readonly holds = new Map<number, { amount: number; slot: number }>();

  apply(step: Step): unknown {
    if (step.do === 'grant') return this.grant(step.lease, step.amount);
    if (step.do === 'admit') return this.admit(step.request, step.amount, step.slot);
    if (step.do === 'raise') return this.raise(step.request, step.amount);
    if (step.do === 'settle') return this.settle(step.request, step.amount);
    const taken = Math.min(this.credit, step.amount);
    this.credit -= taken;
    return BigInt(taken);
  }

  grant(lease: number, amount: number): bigint {
    if (!this.leases.has(lease)) this.credit += amount;
    this.leases.add(lease);
    return BigInt(this.credit);
  }

  admit(request: number, amount: number, slot: number): string {
    if (this.holds.has(request)) return 'admitted';
    const occupied = [...this.holds.values()].filter((hold) => hold.slot === slot).length;
    if (occupied >= slotMax) return 'concurrency_limited';
    if (amount > this.credit) return 'no_credit';
    this.credit -= amount;
    this.holds.set(request, { amount, slot });
    return 'admitted';
  }

  raise(request: number, amount: number): string {
    const hold = this.holds.get(request);
    if (hold === undefined) return 'absent';
    const more = amount - hold.amount;
    if (more > this.credit) return 'no_credit';
    if (more > 0) {
      this.credit -= more;
      hold.amount = amount;
    }
    return 'raised';
  }

  settle(request: number, amount: number): undefined {
    const hold = this.holds.get(request);
    if (hold === undefined) return;
    this.holds.delete(request);
    this.credit = Math.max(0, this.credit + hold.amount - amount);
  }

  read(): unknown {
    const held = [...this.holds.values()].reduce((sum, hold) => sum + hold.amount, 0);
    return { creditNanoUsd: BigInt(this.credit), heldNanoUsd: BigInt(held), openHolds: this.holds.size };
  }
}

export function describeModel(use: UseHarness): void {
  it('answers any sequence of grants, admissions, raises, settlements and reclaims as its model does', async () => {
    const { store } = use();
    const run = async (orgId: string, step: Step): Promise<unknown> => {
      const amountNanoUsd = BigInt(step.amount);
      if (step.do === 'grant') return store.grantCredit({ orgId, leaseId: `lease-${step.lease}`, amountNanoUsd });
      if (step.do === 'reclaim') return store.reclaimCredit({ orgId, maxNanoUsd: amountNanoUsd });
      const requestId = `request-${step.request}`;
      if (step.do === 'raise') return (await store.raiseHold({ orgId, requestId, holdNanoUsd: amountNanoUsd })).result;
      if (step.do === 'settle')
        return store.settle({ orgId, requestId, actualNanoUsd: amountNanoUsd, actualCosts: {} });
      const concurrency = [{ subject: `slot-${step.slot}`, max: slotMax }];
      return (await store.admit(toRequest({ orgId, requestId, holdNanoUsd: amountNanoUsd, concurrency }))).result;
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const [orgId, model] = [randomUUID(), new Model()];
        for (const step of steps) {
          expect(await run(orgId, step)).toEqual(model.apply(step));
          expect(await store.readCredit(orgId)).toEqual(model.read());
        }
      }),
      { numRuns: 60 },
    );
  });
}
