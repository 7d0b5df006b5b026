import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from './fake-clock.ts';

describe('createFakeClock', () => {
  it('stands still until a test moves it', () => {
    const clock = createFakeClock(1_000);
    expect(clock.now()).toBe(1_000);
    clock.advance(250);
    expect(clock.now()).toBe(1_250);
  });

  it('never goes back', () => {
    const clock = createFakeClock();
    expect(() => clock.advance(-1)).toThrow(RangeError);
    expect(() => clock.advance(Number.NaN)).toThrow(RangeError);
  });
});
