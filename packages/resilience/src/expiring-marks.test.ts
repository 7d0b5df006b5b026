import { expect, it } from '@jest/globals';
import { ExpiringMarks } from './expiring-marks.ts';

it('forgets a mark when its time is over, and the oldest one when there are too many', () => {
  let nowMs = 0;
  const marks = new ExpiringMarks({ now: () => nowMs, forMs: 100, sizeMax: 2 });
  marks.add('a');
  nowMs = 50;
  marks.add('b');
  expect([marks.has('a'), marks.has('b'), marks.has('c')]).toEqual([true, true, false]);
  nowMs = 100;
  expect([marks.has('a'), marks.has('b')]).toEqual([false, true]);
  marks.add('c');
  marks.add('d');
  expect([marks.has('b'), marks.has('c'), marks.has('d')]).toEqual([false, true, true]);
});
