import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { measureKept } from './__fixtures__/measure-kept.ts';
import { OpenMap } from './open-map.ts';

describe('an open map', () => {
  it('equals a Map, in its order, for all entries and removals', () => {
    const step = fc.record({ key: fc.integer({ min: 0, max: 200 }), isEntry: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600, size: 'max' }), (steps) => {
        const map = new Map<number, number>();
        const open = new OpenMap<number, number>();
        steps.forEach(({ key, isEntry }, at) => {
          if (isEntry) {
            map.set(key, at);
            open.set(key, at);
          } else expect(open.delete(key)).toBe(map.delete(key));
          expect([open.size, open.has(key), open.get(key)]).toEqual([map.size, map.has(key), map.get(key)]);
        });
        expect([...open]).toEqual([...map]);
      }),
    );
  });

  it('can be iterated while its entries leave', () => {
    const open = new OpenMap<number, string>();
    for (let key = 0; key < 200; key += 1) open.set(key, 'value');
    let seen = 0;
    for (const [key] of open) if (open.delete(key)) seen += 1;
    expect([seen, open.size]).toEqual([200, 0]);
  });

  it('leaves what has passed through to the collector of young objects', () => {
    const open = new OpenMap<string, { text: number[] }>();
    const keptBytes = measureKept((index, text) => {
      open.set(`key ${index}`, { text });
      return () => open.delete(`key ${index}`);
    });
    expect(keptBytes).toBeLessThan(4_000_000);
  });
});
