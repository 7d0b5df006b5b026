import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Failure, TargetMemory } from './port.ts';
import { toTargetKey } from './target-key.ts';
import { createTargetMemory } from './target-memory.ts';

const key = toTargetKey('first', 'large', 'env:ONE');
const otherModel = toTargetKey('first', 'small', 'env:ONE');
const otherKey = toTargetKey('first', 'large', 'env:TWO');
const otherProvider = toTargetKey('second', 'large', 'env:ONE');

const failed: Failure = {
  code: 'upstream_error',
  kind: 'answered',
  isRetryable: true,
  mayFailOver: true,
  retryAfterMs: null,
};
const limited: Failure = { ...failed, code: 'rate_limit_exceeded' };
const deadKey: Failure = { ...failed, code: 'upstream_misconfigured', isRetryable: false, isKeyAtFault: true };
const answer = { ttftMs: 100, latencyMs: 1100, outputTokens: 50 };

let nowMs: number;
let memory: TargetMemory;
beforeEach(() => {
  nowMs = 1000;
  memory = createTargetMemory({ now: () => nowMs, random: () => 0, targetsMax: 100 });
});

const fail = (at: string, failure: Failure) => memory.fail(memory.begin(at), failure);
const succeed = (at: string) => memory.succeed(memory.begin(at), answer);

describe('a memory of targets', () => {
  it('knows nothing ill of what it never saw', () => {
    expect(memory.judge(key)).toBe('ready');
    expect(memory.measure(key)).toBeNull();
  });

  it('opens a target on its third failure in a row, says so, and leaves its neighbours alone', () => {
    expect([1, 2, 3].map(() => fail(key, failed))).toEqual([false, false, true]);
    expect(memory.judge(key)).toBe('open');
    for (const neighbour of [otherModel, otherKey, otherProvider]) expect(memory.judge(neighbour)).toBe('ready');
  });

  it('says that a target is open also to those who fail after it opened', () => {
    const late = [1, 2].map(() => memory.begin(key));
    for (let time = 0; time < 3; time += 1) fail(key, failed);
    expect(late.map((ticket) => memory.fail(ticket, failed))).toEqual([true, true]);
  });

  it('takes every way of breaking off for a failure', () => {
    for (const kind of ['unreachable', 'silent', 'torn'] as const) {
      const target = toTargetKey('first', kind, 'none');
      for (let time = 0; time < 3; time += 1) fail(target, { ...failed, kind, isRetryable: false });
      expect(memory.judge(target)).toBe('open');
    }
  });

  it('holds no request’s own fault against a target, so that no caller can close it for others', () => {
    const refusals: Failure[] = [
      { ...failed, code: 'upstream_rejected', isRetryable: false, mayFailOver: false },
      { ...failed, code: 'content_policy_violation', isRetryable: false, mayFailOver: false },
      { ...failed, code: 'context_length_exceeded', isRetryable: false },
      { ...failed, code: 'upstream_misconfigured', isRetryable: false },
      { ...limited, isRetryable: false },
      { ...failed, code: 'upstream_invalid_response', kind: 'garbled', isRetryable: false },
    ];
    for (const refusal of refusals) for (let time = 0; time < 30; time += 1) fail(key, refusal);
    for (let time = 0; time < 30; time += 1) memory.forget(memory.begin(key));
    expect(memory.judge(key)).toBe('ready');
  });

  it('lets one target rest for as long as its 429 says, and opens nothing', () => {
    for (let time = 0; time < 30; time += 1) fail(key, { ...limited, retryAfterMs: 20_000 });
    expect(memory.judge(key)).toBe('resting');
    for (const neighbour of [otherModel, otherKey]) expect(memory.judge(neighbour)).toBe('ready');
    nowMs += 20_000;
    expect(memory.judge(key)).toBe('ready');
  });

  it('pauses every target of a dead key, and no other; one answer with the key ends that', () => {
    for (const target of [otherKey, otherProvider]) succeed(target);
    fail(key, deadKey);
    expect(memory.judge(key)).toBe('resting');
    expect(memory.judge(otherModel)).toBe('resting');
    for (const neighbour of [otherKey, otherProvider]) expect(memory.judge(neighbour)).toBe('ready');
    nowMs += 5000;
    expect(memory.judge(otherModel)).toBe('probe');
    const probe = memory.begin(otherModel);
    expect(memory.judge(key)).toBe('resting');
    memory.succeed(probe, answer);
    expect(memory.judge(key)).toBe('ready');
  });

  it('makes the first to begin the probe, and the others find it open until that has ended', () => {
    for (let time = 0; time < 3; time += 1) fail(key, failed);
    nowMs += 5000;
    expect(memory.judge(key)).toBe('probe');
    const probe = memory.begin(key);
    expect(memory.judge(key)).toBe('open');
    memory.succeed(probe, answer);
    expect(memory.judge(key)).toBe('ready');
  });

  it('has one retry budget for all keys of a provider’s model', () => {
    expect([key, otherKey, key].map((target) => memory.takeRetry(target))).toEqual([true, true, true]);
    expect(memory.takeRetry(otherKey)).toBe(false);
    expect(memory.takeRetry(otherModel)).toBe(true);
    for (let request = 0; request < 43; request += 1) succeed(request % 2 === 0 ? key : otherKey);
    expect(memory.takeRetry(key)).toBe(true);
    expect(memory.takeRetry(key)).toBe(false);
  });

  it('measures the time to first life, the speed after it, what fails and what is under way', () => {
    succeed(key);
    memory.succeed(memory.begin(key), { ttftMs: 200, latencyMs: 1200, outputTokens: 100 });
    fail(key, failed);
    memory.begin(key);
    expect(memory.measure(key)).toEqual({
      latencyMs: 120,
      tokensPerSecond: 60,
      errorShare: 1 / 3,
      inFlight: 1,
      standing: 'ready',
    });
  });

  it('measures whole answers if nothing streams, and failures if there is nothing else', () => {
    const ticket = memory.begin(key);
    nowMs += 40;
    memory.fail(ticket, failed);
    expect(memory.measure(key)).toMatchObject({ latencyMs: 40, tokensPerSecond: null, errorShare: 1 });
    memory.succeed(memory.begin(key), { ttftMs: null, latencyMs: 500, outputTokens: 0 });
    expect(memory.measure(key)).toMatchObject({ latencyMs: 500, tokensPerSecond: null });
  });

  it('forgets what no snapshot has any more, its key and its budget too', () => {
    for (let time = 0; time < 3; time += 1) memory.takeRetry(key);
    fail(key, deadKey);
    fail(otherProvider, deadKey);
    const ticket = memory.begin(key);
    memory.retain(new Set([otherProvider]));
    expect(memory.judge(key)).toBe('ready');
    expect(memory.takeRetry(key)).toBe(true);
    expect(memory.judge(key)).toBe('ready');
    expect(memory.judge(otherProvider)).toBe('resting');
    memory.succeed(ticket, answer);
    expect(memory.measure(key)).toBeNull();
  });

  it('remembers no more targets than it may', () => {
    memory = createTargetMemory({ now: () => nowMs, random: () => 0, targetsMax: 2 });
    for (const target of [key, otherModel, otherProvider]) succeed(target);
    expect([key, otherModel, otherProvider].map((target) => memory.measure(target) === null)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('takes each ticket once, and only its own', () => {
    const ticket = memory.begin(key);
    memory.succeed(ticket, answer);
    expect(() => memory.forget(ticket)).toThrow(TypeError);
    expect(() => memory.forget({ key })).toThrow(TypeError);
    expect(memory.measure(key)?.inFlight).toBe(0);
  });
});
