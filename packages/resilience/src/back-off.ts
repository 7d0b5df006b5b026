import type { RetryPolicy } from './port.ts';

/** Milliseconds. */
const pauseMsMin = 300;
const pauseMsSpread = 200;
/** Upward only: sooner than asked for is what the other side wanted to be spared. */
const jitterMax = 0.1;

/**
 * The pause before the retry that follows `retriesSoFar` others, while another target is left: 300–500 ms, doubled each
 * time.
 */
export function backOffMs(retriesSoFar: number, random: () => number): number {
  return (pauseMsMin + pauseMsSpread * random()) * 2 ** retriesSoFar;
}

/** The pause if no other target is left, as the operator configured it. */
export function patientBackOffMs(policy: RetryPolicy, retriesSoFar: number, random: () => number): number {
  return withJitter(policy.delayMs * policy.multiplier ** retriesSoFar, random);
}

/** `waitMs` and up to a tenth more, so that callers with the same delay do not all return at once. */
export function withJitter(waitMs: number, random: () => number): number {
  return waitMs * (1 + jitterMax * random());
}
