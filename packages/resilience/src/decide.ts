import { backOffMs, patientBackOffMs, withJitter } from './back-off.ts';
import type { AttemptHistory, Decision, Failure, RetryPolicy } from './port.ts';

/** The longest Retry-After that is waited for. Milliseconds, as all here. */
const retryAfterMsMax = 5000;
/** The most that the pauses of one request may take together while another target is left. */
const pausedMsMax = 2000;
const backOffsMax = 2;
/** With less time than this left an attempt cannot succeed, but it still costs money. */
const attemptMsMin = 50;

const other: Decision = { next: 'other' };
const resume: Decision = { next: 'resume' };
const fail: Decision = { next: 'fail' };

/**
 * Returns the next step of a request after a failed attempt: the decision table of failure handling, one branch for
 * each row. If it is `again`, the retry budget (`TargetMemory.takeRetry`) still has to agree. A route that lets policy
 * refusals go to the next target says so in `failure.mayFailOver`.
 *
 * @param random Returns a number in [0, 1).
 */
export function decide(failure: Failure, history: AttemptHistory, policy: RetryPolicy, random: () => number): Decision {
  const hasTime = history.leftMs >= attemptMsMin;
  const mayGoOn = failure.mayFailOver && history.hasNext && hasTime;
  if (history.hasDelivered) return mayGoOn ? resume : fail;
  const pauseMs = failure.isRetryable ? pauseBeforeRetry(failure, history, policy, random) : null;
  if (pauseMs !== null && pauseMs + attemptMsMin <= history.leftMs) return { next: 'again', pauseMs };
  return mayGoOn ? other : fail;
}

/** Null: not again. */
function pauseBeforeRetry(
  failure: Failure,
  history: AttemptHistory,
  policy: RetryPolicy,
  random: () => number,
): number | null {
  const hasNext = history.hasNext && failure.mayFailOver;
  if (hasNext && history.isOpenNow) return null;
  const retriesHere = history.triesHere - 1;
  switch (failure.kind) {
    case 'silent':
      // A target that kept silent once is likely to do so again, for as long, and may have done the work meanwhile.
      return null;
    case 'unreachable':
      return retriesHere === 0 ? 0 : null;
    case 'torn':
    case 'garbled':
      return retriesHere === 0 ? shortPauseMs(history, random) : null;
    case 'answered':
      if (failure.retryAfterMs !== null) return pauseAsAsked(failure.retryAfterMs, history, random);
      if (hasNext && failure.isHung === true) return null;
      if (!hasNext) return retriesHere < policy.retriesMax ? patientBackOffMs(policy, retriesHere, random) : null;
      return retriesHere < backOffsMax ? shortPauseMs(history, random) : null;
  }
}

/** Once, and exactly as long. Source: RFC 9110 §10.2.3, which gives Retry-After to 503 as well as to 429. */
function pauseAsAsked(retryAfterMs: number, { waitsHere }: AttemptHistory, random: () => number): number | null {
  return retryAfterMs <= retryAfterMsMax && waitsHere === 0 ? withJitter(retryAfterMs, random) : null;
}

/** The first retry always happens, with what is left to pause; a further one only if its whole pause is left. */
function shortPauseMs({ triesHere, pausedMs, hasNext }: AttemptHistory, random: () => number): number | null {
  const pauseMs = backOffMs(triesHere - 1, random);
  if (!hasNext) return pauseMs;
  const leftMs = Math.max(0, pausedMsMax - pausedMs);
  if (pauseMs <= leftMs) return pauseMs;
  return triesHere === 1 ? leftMs : null;
}
