import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ClaimBounds, type ClaimRequest, type ClaimStore, claimBytes } from './port.ts';

/** A store under test, and the hands on what surrounds it. */
export interface ClaimStoreHarness {
  /** An empty store with these bounds. */
  open(bounds: ClaimBounds): Promise<ClaimStore>;
  /** Resolves when the clock of every store has moved on by at least `ms`. */
  passTime(ms: number): Promise<void>;
  close(): Promise<void>;
}

const roomy: ClaimBounds = {
  keptMs: 60_000,
  entriesMax: 1000,
  tenantEntriesMax: 1000,
  bytesMax: 10_000_000,
  tenantBytesMax: 10_000_000,
  valueBytesMax: 1_000_000,
};
const asked: ClaimRequest = { tenant: 'one', owner: 'a', fingerprint: 'f', leaseMs: 60_000 };

/** Describes the guarantees of every adapter of the claim store. */
export function describeClaimStore(name: string, makeHarness: () => Promise<ClaimStoreHarness>): void {
  describe(`${name} claim store`, () => {
    let harness: ClaimStoreHarness;
    beforeAll(async () => {
      harness = await makeHarness();
    });
    afterAll(() => harness.close());
    const open = (bounds: Partial<ClaimBounds> = {}) => harness.open({ ...roomy, ...bounds });
    const value = Buffer.from([0, 255, 128, 10]);

    it('gives a claim to one of many who ask at once', async () => {
      const store = await open();
      const owners = Array.from({ length: 50 }, (_none, at) => `owner-${at}`);
      const results = await Promise.all(owners.map((owner) => store.claim('n', { ...asked, owner })));
      expect(results.filter(({ result }) => result === 'claimed')).toHaveLength(1);
      expect(results.filter(({ result }) => result === 'open')).toHaveLength(49);
    });

    it('returns the value of a finished claim for any bytes, and only for the same fingerprint', async () => {
      const store = await open();
      await store.claim('n', asked);
      expect(await store.claim('n', { ...asked, fingerprint: 'g' })).toEqual({ result: 'other' });
      expect(await store.finish('n', 'a', value)).toBe('kept');
      expect(await store.claim('n', { ...asked, owner: 'b' })).toEqual({ result: 'finished', value });
      expect(await store.claim('n', { ...asked, fingerprint: 'g' })).toEqual({ result: 'other' });
    });

    it('gives a released claim to the next who asks, also with another fingerprint', async () => {
      const store = await open();
      await store.claim('n', asked);
      await store.release('n', 'a');
      expect(await store.claim('n', { ...asked, owner: 'b', fingerprint: 'g' })).toEqual({ result: 'claimed' });
    });

    it('ignores who ends, releases or renews a claim of another owner', async () => {
      const store = await open();
      await store.claim('n', asked);
      expect(await store.finish('n', 'b', value)).toBe('gone');
      expect(await store.renew('n', 'b', 1000)).toBe(false);
      await store.release('n', 'b');
      expect(await store.claim('n', asked)).toEqual({ result: 'open' });
    });

    it('neither releases nor renews a claim that is finished', async () => {
      const store = await open();
      await store.claim('n', asked);
      await store.finish('n', 'a', value);
      await store.release('n', 'a');
      expect(await store.renew('n', 'a', 1000)).toBe(false);
      expect(await store.finish('n', 'a', null)).toBe('gone');
      expect(await store.claim('n', asked)).toEqual({ result: 'finished', value });
    });

    it('reports a claim as lost when its lease is over, and never gives it to another', async () => {
      const store = await open();
      await store.claim('n', { ...asked, leaseMs: 300 });
      await store.claim('renewed', { ...asked, leaseMs: 300 });
      expect(await store.renew('renewed', 'a', 60_000)).toBe(true);
      await harness.passTime(300);
      expect(await store.claim('n', { ...asked, owner: 'b' })).toEqual({ result: 'lost' });
      expect(await store.claim('renewed', { ...asked, owner: 'b' })).toEqual({ result: 'open' });
    });

    it('keeps the end of a claim whose lease was over, if no other owner had it', async () => {
      const store = await open();
      await store.claim('n', { ...asked, leaseMs: 50 });
      await harness.passTime(50);
      expect(await store.finish('n', 'a', value)).toBe('kept');
      expect(await store.claim('n', asked)).toEqual({ result: 'finished', value });
    });

    it('forgets a claim when its time is over, counted again from its end', async () => {
      const store = await open({ keptMs: 400, tenantEntriesMax: 2 });
      await store.claim('old', asked);
      await store.claim('n', asked);
      await harness.passTime(250);
      await store.finish('n', 'a', value);
      await harness.passTime(250);
      expect(await store.claim('n', asked)).toEqual({ result: 'finished', value });
      expect(await store.claim('old', { ...asked, fingerprint: 'g' })).toEqual({ result: 'claimed' });
    });

    it('bounds the claims and bytes of a tenant, and takes nothing of another for it', async () => {
      const store = await open({ tenantEntriesMax: 2, tenantBytesMax: 2 * claimBytes + 10 });
      expect(await store.claim('1', asked)).toEqual({ result: 'claimed' });
      expect(await store.claim('2', asked)).toEqual({ result: 'claimed' });
      expect(await store.claim('3', asked)).toEqual({ result: 'tenant_full' });
      expect(await store.claim('3', { ...asked, tenant: 'two' })).toEqual({ result: 'claimed' });
      expect(await store.finish('1', 'a', Buffer.alloc(11))).toBe('not_kept');
      expect(await store.claim('1', asked)).toEqual({ result: 'lost' });
      expect(await store.finish('2', 'a', Buffer.alloc(10))).toBe('kept');
      expect(await store.finish('3', 'a', Buffer.alloc(10))).toBe('kept');
    });

    it('bounds the claims and bytes of all tenants, and displaces nothing', async () => {
      const store = await open({ entriesMax: 2, bytesMax: 2 * claimBytes + 10 });
      await store.claim('1', asked);
      await store.claim('2', { ...asked, tenant: 'two' });
      expect(await store.claim('3', { ...asked, tenant: 'three' })).toEqual({ result: 'full' });
      expect(await store.finish('1', 'a', Buffer.alloc(10))).toBe('kept');
      expect(await store.finish('2', 'a', Buffer.alloc(1))).toBe('not_kept');
      expect(await store.claim('1', asked)).toEqual({ result: 'finished', value: Buffer.alloc(10) });
    });

    it('has room again for what was released', async () => {
      const store = await open({ tenantEntriesMax: 1 });
      for (const name of ['1', '2', '3']) {
        expect(await store.claim(name, asked)).toEqual({ result: 'claimed' });
        await store.release(name, 'a');
      }
    });

    it('keeps no value beyond its bound', async () => {
      const store = await open({ valueBytesMax: 10 });
      await store.claim('n', asked);
      expect(await store.finish('n', 'a', Buffer.alloc(11))).toBe('not_kept');
    });

    it('rejects a caller that is wrong', async () => {
      const store = await open();
      await expect(store.claim('', asked)).rejects.toThrow(RangeError);
      await expect(store.claim('#shares', asked)).rejects.toThrow(RangeError);
      await expect(store.claim('n', { ...asked, tenant: 'x'.repeat(257) })).rejects.toThrow(RangeError);
      await expect(store.claim('n', { ...asked, leaseMs: 0 })).rejects.toThrow(RangeError);
    });
  });
}
