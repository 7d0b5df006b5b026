import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { splitRecords } from './split-records.ts';

const record = fc.record({ key: fc.string({ maxLength: 5 }), value: fc.string({ maxLength: 500 }) });

describe('a split publication', () => {
  it('holds every record once, in order, and no portion but a lone record is above the limit', () => {
    fc.assert(
      fc.property(fc.array(record), fc.integer({ min: 1, max: 2_000 }), (records, bytesMax) => {
        const portions = splitRecords(records, bytesMax);
        expect(portions.flat()).toEqual(records);
        for (const portion of portions) {
          const bytes = portion.reduce((sum, { key, value }) => sum + Buffer.byteLength(key + value), 0);
          expect(portion.length === 1 || (portion.length > 1 && bytes <= bytesMax)).toBe(true);
        }
      }),
    );
  });

  it('is split before it reaches the limit, not after', () => {
    const records = ['a', 'b', 'c'].map((value) => ({ key: 'org-1', value: value.repeat(300_000) }));
    expect(splitRecords(records, 512 * 1024)).toEqual(records.map((record) => [record]));
  });

  it('is not split without need', () => {
    const records = Array.from({ length: 100 }, (_, number) => ({ key: 'org-1', value: `${number}` }));
    expect(splitRecords(records, 512 * 1024)).toHaveLength(1);
  });
});
