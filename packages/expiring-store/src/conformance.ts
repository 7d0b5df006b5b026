import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ExpiringStore, StoreBounds } from './port.ts';

/** A store under test, and the hands on what surrounds it. */
export interface ExpiringStoreHarness {
  /** An empty store with these bounds. */
  open(bounds: StoreBounds): Promise<ExpiringStore>;
  /** Resolves when the clock of every store has moved on by at least `ms`. */
  passTime(ms: number): Promise<void>;
  close(): Promise<void>;
}

const roomy: StoreBounds = { entriesMax: 1000, bytesMax: 1_000_000, valueBytesMax: 100_000 };
const longMs = 60_000;

/** Describes the guarantees of every adapter of the expiring store. */
export function describeExpiringStore(name: string, makeHarness: () => Promise<ExpiringStoreHarness>): void {
  describe(`${name} expiring store`, () => {
    let harness: ExpiringStoreHarness;
    beforeAll(async () => {
      harness = await makeHarness();
    });
    afterAll(() => harness.close());
    const open = (bounds: Partial<StoreBounds> = {}) => harness.open({ ...roomy, ...bounds });
    const fill = async (store: ExpiringStore, keys: readonly string[], ttlMs = longMs) => {
      for (const key of keys) await store.set(key, `text of ${key}`, ttlMs);
    };
    const listKept = async (store: ExpiringStore, keys: readonly string[]) => {
      const texts = await store.getMany(keys);
      return keys.filter((_key, at) => texts[at] !== null);
    };

    it('returns the text that was kept last, for any text', async () => {
      const store = await open();
      await store.set('a', 'first', longMs);
      await store.set('a', 'Привет 🙂\n"\\\u0001', longMs);
      expect(await store.get('a')).toBe('Привет 🙂\n"\\\u0001');
      await store.set('a', '', longMs);
      expect(await store.get('a')).toBe('');
    });

    it('replaces a text by another in one step, and only the text that is expected', async () => {
      const store = await open({ valueBytesMax: 100 });
      expect(await store.replace('a', 'first', 'second', longMs)).toBe(false);
      await store.set('a', 'Привет', longMs);
      expect(await store.replace('a', 'another', 'second', longMs)).toBe(false);
      expect(await store.replace('a', 'Привет', 'x'.repeat(101), longMs)).toBe(false);
      expect(await store.get('a')).toBe('Привет');
      const all = await Promise.all(['1', '2', '3'].map((text) => store.replace('a', 'Привет', text, longMs)));
      expect(all.filter(Boolean)).toHaveLength(1);
      expect(await store.get('a')).toBe(String(all.indexOf(true) + 1));
    });

    it('has nothing under a key that was never used or was deleted', async () => {
      const store = await open();
      await fill(store, ['a', 'b']);
      await store.delete('a');
      await store.delete('never');
      expect(await store.getMany(['a', 'b', 'never'])).toEqual([null, 'text of b', null]);
    });

    it('answers many keys in their order, those that are asked twice twice', async () => {
      const store = await open();
      await fill(store, ['a', 'b']);
      expect(await store.getMany(['b', 'x', 'a', 'b'])).toEqual(['text of b', null, 'text of a', 'text of b']);
      expect(await store.getMany([])).toEqual([]);
    });

    it('forgets a text when its time is over, and not before', async () => {
      const store = await open();
      await store.set('short', 'x', 200);
      await store.set('long', 'y', longMs);
      expect(await store.get('short')).toBe('x');
      await harness.passTime(200);
      expect(await store.getMany(['short', 'long'])).toEqual([null, 'y']);
    });

    it('never holds more entries than its bound: what was used longest ago goes', async () => {
      const store = await open({ entriesMax: 3 });
      await fill(store, ['a', 'b', 'c']);
      expect(await store.get('a')).not.toBeNull();
      await fill(store, ['d']);
      expect(await listKept(store, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd']);
    });

    it('never holds more bytes than its bound, keys included', async () => {
      const store = await open({ bytesMax: 100 });
      await store.set('a', 'x'.repeat(49), longMs);
      await store.set('b', 'x'.repeat(49), longMs);
      expect(await listKept(store, ['a', 'b'])).toEqual(['a', 'b']);
      await store.set('c', 'x', longMs);
      expect(await listKept(store, ['a', 'b', 'c'])).toEqual(['b', 'c']);
    });

    it('counts bytes, not characters', async () => {
      const store = await open({ valueBytesMax: 10 });
      await store.set('a', 'ы'.repeat(5), longMs);
      await store.set('b', 'ы'.repeat(6), longMs);
      expect(await listKept(store, ['a', 'b'])).toEqual(['a']);
    });

    it('does not keep a text beyond its bound, and displaces nothing for it', async () => {
      const store = await open({ valueBytesMax: 20, bytesMax: 40 });
      await fill(store, ['a']);
      await store.set('b', 'x'.repeat(21), longMs);
      expect(await listKept(store, ['a', 'b'])).toEqual(['a']);
    });

    it('lets what has expired go before what lives', async () => {
      const store = await open({ entriesMax: 2 });
      await fill(store, ['old'], longMs);
      await fill(store, ['expired'], 50);
      await harness.passTime(50);
      await fill(store, ['new']);
      expect(await listKept(store, ['old', 'expired', 'new'])).toEqual(['old', 'new']);
    });

    it('makes room again for what was deleted or replaced', async () => {
      const store = await open({ entriesMax: 2 });
      await fill(store, ['a', 'b', 'b', 'b']);
      await store.delete('a');
      await fill(store, ['c']);
      expect(await listKept(store, ['b', 'c'])).toEqual(['b', 'c']);
    });

    it('holds the same as a list in order of use, after any steps', async () => {
      const key = fc.constantFrom('a', 'b', 'c', 'd', 'e');
      const step = fc.record({ act: fc.constantFrom('set', 'get', 'delete'), key });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          const store = await open({ entriesMax: 3 });
          let model: string[] = [];
          for (const { act, key: used } of steps) {
            const had = model.includes(used);
            if (act === 'get') expect(await store.get(used)).toBe(had ? used : null);
            if (act === 'set') await store.set(used, used, longMs);
            if (act === 'delete') await store.delete(used);
            if (act !== 'get' || had) model = model.filter((other) => other !== used);
            if (act === 'set' || (act === 'get' && had)) model.push(used);
            model = model.slice(-3);
          }
          expect(await listKept(store, ['a', 'b', 'c', 'd', 'e'])).toEqual(
            ['a', 'b', 'c', 'd', 'e'].filter((one) => model.includes(one)),
          );
          await store.close();
        }),
        { numRuns: 40 },
      );
    });

    it('refuses a caller that is wrong', async () => {
      const store = await open();
      await expect(store.get('')).rejects.toThrow(RangeError);
      await expect(store.set('k'.repeat(1025), '', longMs)).rejects.toThrow(RangeError);
      await expect(store.set('#uses', '', longMs)).rejects.toThrow(RangeError);
      await expect(store.set('a', '', 0)).rejects.toThrow(RangeError);
      await expect(store.getMany(Array.from({ length: 65 }, () => 'a'))).rejects.toThrow(RangeError);
    });
  });
}
