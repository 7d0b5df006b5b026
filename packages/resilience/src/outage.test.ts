import { describe, expect, it } from '@jest/globals';
import { decide } from './decide.ts';
import type { Failure } from './port.ts';
import { createTargetMemory } from './target-memory.ts';

const key = 'primary\nmodel\nenv:KEY';
const policy = { retriesMax: 3, delayMs: 1000, multiplier: 2 };
const failure: Failure = {
  code: 'upstream_error',
  kind: 'answered',
  isRetryable: true,
  mayFailOver: true,
  retryAfterMs: null,
};

/** One proxy with a primary that is down from `downFromMs` to `downUntilMs`, and a fallback that always answers. */
function serveThrough(
  downFromMs: number,
  downUntilMs: number,
  everyMs: number,
  requests: number,
  random: () => number,
) {
  let nowMs = 0;
  let attempts = 0;
  const memory = createTargetMemory({ now: () => nowMs, random, targetsMax: 10 });
  const answers: { beganMs: number; tookMs: number; by: string }[] = [];

  const serve = (): string => {
    let pausedMs = 0;
    const standing = memory.judge(key);
    if (standing !== 'ready' && standing !== 'probe') return 'fallback';
    for (let triesHere = 1; ; triesHere += 1) {
      const ticket = memory.begin(key);
      attempts += 1;
      if (nowMs < downFromMs || nowMs >= downUntilMs) {
        memory.succeed(ticket, { ttftMs: 10, latencyMs: 50, outputTokens: 20 });
        return 'primary';
      }
      const isOpenNow = memory.fail(ticket, failure);
      const history = {
        triesHere,
        waitsHere: 0,
        hasNext: true,
        leftMs: 60_000,
        pausedMs,
        hasDelivered: false,
        isOpenNow,
      };
      const decision = decide(failure, history, policy, random);
      if (decision.next !== 'again' || !memory.takeRetry(key)) return 'fallback';
      nowMs += decision.pauseMs;
      pausedMs += decision.pauseMs;
    }
  };
  for (let request = 0; request < requests; request += 1) {
    nowMs = Math.max(nowMs, request * everyMs);
    const beganMs = nowMs;
    const by = serve();
    answers.push({ beganMs, tookMs: nowMs - beganMs, by });
  }
  return { answers, attempts };
}

describe('an outage of a minute', () => {
  it.each([0, 0.5, 0.999])(
    'is over for the callers within 30 s of its end, at one request each 4 s (chance %s)',
    (drawn) => {
      const downUntilMs = 64_000;
      const { answers } = serveThrough(4000, downUntilMs, 4000, 30, () => drawn);
      const first = answers.find(({ beganMs, by }) => beganMs >= downUntilMs && by === 'primary');
      expect(first?.beganMs).toBeLessThanOrEqual(downUntilMs + 19_000);
      const after = answers.filter(({ beganMs }) => beganMs >= (first?.beganMs ?? 0));
      expect(after.every(({ by }) => by === 'primary')).toBe(true);
    },
  );

  it('costs the first request its retries and no later request more than a probe', () => {
    const { answers } = serveThrough(4000, 64_000, 4000, 30, () => 0.5);
    const slow = answers.filter(({ tookMs }) => tookMs > 0);
    expect(slow).toHaveLength(1);
    expect(slow[0]?.tookMs).toBeLessThanOrEqual(1500);
  });

  it('has the primary asked at most 1.1 times for each request and three times more', () => {
    const { answers, attempts } = serveThrough(1000, 61_000, 20, 4000, () => 0.5);
    expect(attempts).toBeLessThanOrEqual(1.1 * answers.length + 3);
  });
});
