import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { AdmissionStore } from '../port.ts';
import { makeOrg, toRequest, type UseHarness } from './harness.ts';

interface Grant {
  orgId: string;
  subject: string;
  amountNanoUsd: bigint;
  allottedNanoUsd?: bigint;
  revision?: bigint;
  ttlMs?: number | null;
}

function grant(store: AdmissionStore, { orgId, subject, amountNanoUsd, ...rest }: Grant): Promise<boolean> {
  const base = { orgId, subject, amountNanoUsd, allottedNanoUsd: amountNanoUsd, revision: 1n, ttlMs: null };
  return store.budgets.grant({ ...base, ...rest });
}

export function describeBudgets(use: UseHarness): void {
  describe('budgets', () => {
    it('admit exactly as many of 500 parallel requests as the smallest of four covers (I2)', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 1_000_000n);
      const rooms = { organization: 10_000n, team: 5_050n, user: 799n, key: 2_000n };
      const budgets = Object.entries(rooms).map(([subject, limitNanoUsd]) => ({ subject, limitNanoUsd }));
      for (const [subject, amountNanoUsd] of Object.entries(rooms))
        await grant(store, { orgId, subject, amountNanoUsd });

      const answers = await Promise.all(
        Array.from({ length: 500 }, () => store.admit(toRequest({ orgId, holdNanoUsd: 100n, budgets }))),
      );

      expect(answers.filter(({ result }) => result === 'admitted')).toHaveLength(7);
      const refused = answers.find(({ result }) => result === 'no_budget');
      expect(refused).toEqual({ result: 'no_budget', lacking: ['user'], rates: [] });
      expect(await store.readCredit(orgId)).toMatchObject({ creditNanoUsd: 999_300n, openHolds: 7 });
      expect(await store.budgets.read({ orgId, subject: 'user' })).toMatchObject({
        roomNanoUsd: 99n,
        heldNanoUsd: 700n,
      });
    });

    it('admit a request that takes the room to the last nano, and refuse one nano more', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 5000n);
      const budgets = [{ subject: 'key', limitNanoUsd: 1000n }];
      await grant(store, { orgId, subject: 'key', amountNanoUsd: 1000n });
      expect((await store.admit(toRequest({ orgId, holdNanoUsd: 1001n, budgets }))).result).toBe('no_budget');
      expect((await store.admit(toRequest({ orgId, holdNanoUsd: 1000n, budgets }))).result).toBe('admitted');
    });

    it('name every one that lacks room, and take nothing of the others', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 5000n);
      const budgets = ['a', 'b', 'c'].map((subject) => ({ subject, limitNanoUsd: 1000n }));
      await grant(store, { orgId, subject: 'b', amountNanoUsd: 1000n });
      const request = toRequest({ orgId, holdNanoUsd: 10n, budgets });
      expect(await store.admit(request)).toMatchObject({ result: 'no_budget', lacking: ['a', 'c'] });
      expect(await store.budgets.read({ orgId, subject: 'b' })).toMatchObject({ roomNanoUsd: 1000n, heldNanoUsd: 0n });
      expect(await store.readCredit(orgId)).toMatchObject({ openHolds: 0 });
    });

    it('refuse by their limit of now, although more was allotted before', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 5000n);
      await grant(store, { orgId, subject: 'key', amountNanoUsd: 1000n });
      const at = (limitNanoUsd: bigint, holdNanoUsd: bigint) =>
        store.admit(toRequest({ orgId, holdNanoUsd, budgets: [{ subject: 'key', limitNanoUsd }] }));
      expect((await at(1000n, 300n)).result).toBe('admitted');
      expect((await at(400n, 101n)).result).toBe('no_budget');
      expect((await at(400n, 100n)).result).toBe('admitted');
    });

    it('get back what a settlement leaves, once, and count an overrun as used', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 5000n);
      const budgets = [{ subject: 'key', limitNanoUsd: 1000n }];
      await grant(store, { orgId, subject: 'key', amountNanoUsd: 1000n });
      const [first, second] = [600n, 300n].map((holdNanoUsd) => toRequest({ orgId, holdNanoUsd, budgets }));
      if (first === undefined || second === undefined) throw new Error('no requests');
      await store.admit(first);
      await store.admit(second);
      const settle = ({ requestId }: { requestId: string }, actualNanoUsd: bigint) =>
        store.settle({ orgId, requestId, actualNanoUsd, actualCosts: {} });
      await settle(first, 50n);
      await settle(first, 50n);
      const read = () => store.budgets.read({ orgId, subject: 'key' });
      expect(await read()).toMatchObject({ roomNanoUsd: 650n, heldNanoUsd: 300n });
      await settle(second, 1000n);
      expect(await read()).toMatchObject({ roomNanoUsd: -50n, heldNanoUsd: 0n });
      await settle(second, 10n ** 30n);
      expect((await store.admit(toRequest({ orgId, holdNanoUsd: 1n, budgets }))).result).toBe('no_budget');
    });

    it('end their part of a hold that is past its time, and give nothing back', async () => {
      const { store, passTime } = use();
      const orgId = await makeOrg(store, 5000n);
      const budgets = [{ subject: 'key', limitNanoUsd: 1000n }];
      await grant(store, { orgId, subject: 'key', amountNanoUsd: 1000n });
      await store.admit(toRequest({ orgId, holdNanoUsd: 600n, budgets, holdTtlMs: 20 }));
      await passTime(21);
      expect(await store.budgets.read({ orgId, subject: 'key' })).toMatchObject({ roomNanoUsd: 400n, heldNanoUsd: 0n });
    });

    it('take the difference when a hold is raised, or nothing', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 5000n);
      const budgets = ['a', 'b'].map((subject) => ({ subject, limitNanoUsd: 1000n }));
      await grant(store, { orgId, subject: 'a', amountNanoUsd: 1000n });
      await grant(store, { orgId, subject: 'b', amountNanoUsd: 500n, allottedNanoUsd: 500n });
      const { requestId } = toRequest({ orgId });
      await store.admit(toRequest({ orgId, requestId, holdNanoUsd: 100n, budgets }));
      const raise = (holdNanoUsd: bigint) => store.raiseHold({ orgId, requestId, holdNanoUsd, budgets });
      expect(await raise(501n)).toEqual({ result: 'no_budget', lacking: ['b'] });
      expect(await raise(500n)).toMatchObject({ result: 'raised' });
      expect(await store.budgets.read({ orgId, subject: 'a' })).toMatchObject({ roomNanoUsd: 500n, heldNanoUsd: 500n });
      expect(await store.budgets.read({ orgId, subject: 'b' })).toMatchObject({ roomNanoUsd: 0n, heldNanoUsd: 500n });
      await store.settle({ orgId, requestId, actualNanoUsd: 1n, actualCosts: {} });
      expect(await store.budgets.read({ orgId, subject: 'b' })).toMatchObject({ roomNanoUsd: 499n, heldNanoUsd: 0n });
    });

    it('take each grant once, and none that a later one has passed', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 0n);
      const of = { orgId, subject: 'key', amountNanoUsd: 100n };
      expect(await grant(store, { ...of, revision: 2n })).toBe(true);
      expect(await grant(store, { ...of, revision: 2n })).toBe(false);
      expect(await grant(store, { ...of, revision: 1n })).toBe(false);
      expect(await grant(store, { ...of, revision: 3n })).toBe(true);
      const room = { roomNanoUsd: 200n, heldNanoUsd: 0n, revision: 3n };
      expect(await store.budgets.read({ orgId, subject: 'key' })).toEqual(room);
    });

    it('are forgotten after their time, are not made by a settlement, and lose their room when emptied', async () => {
      const { store, passTime } = use();
      const orgId = await makeOrg(store, 5000n);
      const budgets = [{ subject: 'short', limitNanoUsd: 1000n }];
      await grant(store, { orgId, subject: 'short', amountNanoUsd: 1000n, ttlMs: 30 });
      await grant(store, { orgId, subject: 'long', amountNanoUsd: 1000n });
      const request = toRequest({ orgId, holdNanoUsd: 10n, budgets });
      await store.admit(request);
      await passTime(31);
      await store.settle({ orgId, requestId: request.requestId, actualNanoUsd: 1n, actualCosts: {} });
      const nothing = { roomNanoUsd: 0n, heldNanoUsd: 0n, revision: 0n };
      expect(await store.budgets.read({ orgId, subject: 'short' })).toEqual(nothing);
      await store.budgets.empty({ orgId, subjects: ['long', 'unknown'] });
      expect(await store.budgets.read({ orgId, subject: 'long' })).toEqual({ ...nothing, revision: 1n });
      expect(await store.budgets.read({ orgId, subject: 'unknown' })).toEqual(nothing);
    });

    it('let nothing through that was lost with the store, and do not stand in the way of what is free', async () => {
      const harness = use();
      const orgId = await makeOrg(harness.store, 5000n);
      const budgets = [{ subject: 'key', limitNanoUsd: 1000n }];
      await grant(harness.store, { orgId, subject: 'key', amountNanoUsd: 1000n });
      await harness.loseData();
      expect((await harness.store.admit(toRequest({ orgId, holdNanoUsd: 1n, budgets }))).result).toBe('no_budget');
      expect((await harness.store.admit(toRequest({ orgId, holdNanoUsd: 0n, budgets }))).result).toBe('admitted');
    });

    it('reject numbers that cannot be counted with, and one that is named twice', async () => {
      const { store } = use();
      const orgId = await makeOrg(store, 5000n);
      const budget = { subject: 'key', limitNanoUsd: 1n };
      await expect(store.admit(toRequest({ orgId, budgets: [budget, budget] }))).rejects.toThrow(RangeError);
      const tooMuch = [{ subject: 'key', limitNanoUsd: 2n ** 53n }];
      await expect(store.admit(toRequest({ orgId, budgets: tooMuch }))).rejects.toThrow(RangeError);
      await expect(grant(store, { orgId, subject: 'key', amountNanoUsd: -1n })).rejects.toThrow(RangeError);
    });

    it('never have more used and held than their limit after any sequence of operations (I2)', async () => {
      await checkModel(use().store);
    });
  });
}

const subjects = ['a', 'b'] as const;
const small = fc.integer({ min: 0, max: 4 });
const amount = fc.integer({ min: 0, max: 60 });
const step = fc.oneof(
  fc.record({ do: fc.constant('grant' as const), subject: fc.integer({ min: 0, max: 1 }), amount, limit: amount }),
  fc.record({ do: fc.constant('admit' as const), request: small, amount, limit: amount }),
  fc.record({ do: fc.constant('raise' as const), request: small, amount, limit: amount }),
  fc.record({ do: fc.constant('settle' as const), request: small, amount, limit: amount }),
);

/** Grants up to a limit that moves, requests that count in both budgets; what is used and held follows from its history. */
async function checkModel(store: AdmissionStore): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const orgId = await makeOrg(store, 1_000_000n);
      const model = subjects.map(() => ({ allotted: 0, spent: 0, revision: 0 }));
      const held = new Map<number, number>();
      const sumHeld = () => [...held.values()].reduce((sum, one) => sum + one, 0);
      for (const step of steps) {
        const budgets = subjects.map((subject) => ({ subject, limitNanoUsd: BigInt(step.limit) }));
        const fits = (more: number) =>
          more === 0 ||
          model.every(({ allotted, spent }) => spent + sumHeld() + more <= Math.min(allotted, step.limit));
        if (step.do === 'grant') {
          const of = model[step.subject];
          const subject = subjects[step.subject];
          if (of === undefined || subject === undefined) continue;
          const amountNanoUsd = BigInt(Math.min(step.amount, Math.max(0, step.limit - of.allotted)));
          of.allotted += Number(amountNanoUsd);
          of.revision += 1;
          const grants = { allottedNanoUsd: BigInt(of.allotted), revision: BigInt(of.revision) };
          await grant(store, { orgId, subject, amountNanoUsd, ...grants });
        } else {
          const id = { orgId, requestId: `${orgId}-${step.request}` };
          const holdNanoUsd = BigInt(step.amount);
          const open = held.get(step.request);
          if (step.do === 'settle') {
            await store.settle({ ...id, actualNanoUsd: holdNanoUsd, actualCosts: {} });
            // A request that was held for nothing can cost something before its budget was ever granted.
            if (held.delete(step.request)) for (const of of model) if (of.revision > 0) of.spent += step.amount;
          } else if (step.do === 'admit') {
            const answer = await store.admit(toRequest({ ...id, holdNanoUsd, budgets }));
            const isAdmitted = open !== undefined || fits(step.amount);
            expect(answer.result).toBe(isAdmitted ? 'admitted' : 'no_budget');
            if (isAdmitted && open === undefined) held.set(step.request, step.amount);
          } else {
            const answer = await store.raiseHold({ ...id, holdNanoUsd, budgets });
            const more = Math.max(0, step.amount - (open ?? 0));
            const expected = open === undefined ? 'absent' : fits(more) ? 'raised' : 'no_budget';
            expect(answer.result).toBe(expected);
            if (expected === 'raised') held.set(step.request, (open ?? 0) + more);
          }
        }
        for (const [index, subject] of subjects.entries()) {
          const { allotted = 0, spent = 0, revision = 0 } = model[index] ?? {};
          const { roomNanoUsd, heldNanoUsd } = await store.budgets.read({ orgId, subject });
          expect({ room: Number(roomNanoUsd), held: Number(heldNanoUsd) }).toEqual(
            revision === 0 ? { room: 0, held: 0 } : { room: allotted - spent - sumHeld(), held: sumHeld() },
          );
        }
      }
    }),
    { numRuns: 60 },
  );
}
