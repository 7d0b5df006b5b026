import { expect, it } from '@jest/globals';
import { LiveTrials } from './live-trials.ts';

it('gives an unhealthy provider one live request in each 30 s, whose outcome outranks the probe', () => {
  let nowMs = 0;
  const trials = new LiveTrials(() => nowMs);
  trials.setUnhealthy(['a']);
  expect([trials.isHealthy('a'), trials.isHealthy('b')]).toEqual([false, true]);
  nowMs = 29_999;
  expect(trials.isHealthy('a')).toBe(false);
  nowMs = 30_000;
  expect(trials.isHealthy('a')).toBe(true);
  trials.noteAttempt('a');
  expect(trials.isHealthy('a')).toBe(false);
  trials.noteOutcome('a', true);
  expect(trials.isHealthy('a')).toBe(true);
  trials.setUnhealthy(['a', 'c']);
  expect([trials.isHealthy('a'), trials.isHealthy('c')]).toEqual([true, false]);
  trials.noteOutcome('a', false);
  expect(trials.isHealthy('a')).toBe(false);
  trials.setUnhealthy([]);
  trials.noteOutcome('a', true);
  trials.setUnhealthy(['a']);
  expect(trials.isHealthy('a')).toBe(false);
});
