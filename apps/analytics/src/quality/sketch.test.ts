import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { nearestRank, Sketch, SketchSum } from './sketch.ts';

const delays = fc.array(fc.integer({ min: 0, max: 900_000 }), { minLength: 1, maxLength: 300 });
const sketchOf = (values: readonly number[]) => {
  const sketch = new Sketch();
  for (const value of values) sketch.add(value);
  return sketch;
};
const quantileOf = (sketch: Sketch, part: number) => {
  const sum = new SketchSum();
  sum.addStored(JSON.stringify(sketch.toCounts(), null, 1));
  return sum.quantiles([part])[0] ?? null;
};
/** The exact value at the rank that the sketch answers for. */
const exact = (values: readonly number[], part: number) =>
  [...values].sort((a, b) => a - b)[nearestRank(part, values.length)] ?? 0;

describe('a sketch', () => {
  it('returns every quantile within 2 % of the value at its rank', () => {
    fc.assert(
      fc.property(delays, fc.constantFrom(0, 0.5, 0.95, 0.99, 1), (values, part) => {
        const truth = exact(values, part);
        const found = quantileOf(sketchOf(values), part) ?? Number.NaN;
        expect(Math.abs(found - truth)).toBeLessThanOrEqual(truth * 0.02 + 1e-9);
      }),
    );
  });

  it.each([
    [0.5, 3, 2],
    [0.95, 3, 3],
    [0.99, 100, 99],
    [0.07, 100, 7],
    [0.95, 1, 1],
    [0, 5, 1],
    [1, 5, 5],
  ])('answers for %d of %d values with number %d', (part, count, number) => {
    expect(nearestRank(part, count)).toBe(number - 1);
  });

  it('merges to the sketch of all values, in any order, also after it was stored', () => {
    fc.assert(
      fc.property(delays, delays, (some, others) => {
        const stored = new Sketch(JSON.parse(JSON.stringify(sketchOf(some).toCounts())));
        stored.merge(sketchOf(others));
        expect(stored.toCounts()).toEqual(sketchOf([...others, ...some]).toCounts());
      }),
    );
  });

  it('has the quantiles of all values when sums of stored sketches are merged', () => {
    fc.assert(
      fc.property(delays, delays, (some, others) => {
        const [sum, other] = [some, others].map((values) => {
          const one = new SketchSum();
          one.addStored(JSON.stringify(sketchOf(values).toCounts()));
          return one;
        });
        if (sum === undefined || other === undefined) throw new Error('two sums');
        sum.merge(other);
        const of = sketchOf([...some, ...others]);
        const parts = [0, 0.5, 0.95, 0.99, 1];
        expect(sum.quantiles(parts)).toEqual(parts.map((part) => quantileOf(of, part)));
      }),
    );
  });

  it('has no quantile without values, and bounded buckets', () => {
    expect(quantileOf(new Sketch(), 0.5)).toBeNull();
    expect(Object.keys(sketchOf([0, 1e15, 86_400_000]).toCounts())).toHaveLength(2);
  });
});
