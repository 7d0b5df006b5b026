import { describe, expect, it } from '@jest/globals';
import { Rest } from './rest.ts';

describe('a rest after a 429', () => {
  it('lasts as long as was asked for', () => {
    const rest = new Rest();
    rest.begin(1000, 2000);
    expect(rest.isOn(2999)).toBe(true);
    expect(rest.isOn(3000)).toBe(false);
  });

  it('is not cut short by a shorter one, nor lasts longer than an hour', () => {
    const rest = new Rest();
    rest.begin(0, 86_400_000);
    rest.begin(10, 5);
    expect(rest.isOn(3_599_999)).toBe(true);
    expect(rest.isOn(3_600_000)).toBe(false);
  });

  it('comes by itself from the third 429 in a row that says nothing, and grows to 15 s', () => {
    const rest = new Rest();
    const restMs = (nowMs: number) => {
      rest.begin(nowMs, null);
      let lastMs = nowMs;
      while (rest.isOn(lastMs)) lastMs += 500;
      return lastMs - nowMs;
    };
    const lengths = Array.from({ length: 9 }, (_, round) => restMs(round * 100_000));
    expect(lengths).toEqual([0, 0, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000]);
    rest.end(1_000_000);
    expect(restMs(1_000_000)).toBe(0);
  });

  it('is ended by a whole answer to what began in it, not to what began before', () => {
    const rest = new Rest();
    rest.begin(1000, 5000);
    rest.end(999);
    expect(rest.isOn(2000)).toBe(true);
    rest.end(1500);
    expect(rest.isOn(2000)).toBe(false);
  });
});
