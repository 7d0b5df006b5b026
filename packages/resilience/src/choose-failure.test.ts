import type { ErrorCode } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { chooseFailure } from './choose-failure.ts';
import type { Failure } from './port.ts';

const failure = (code: ErrorCode, change: Partial<Failure> = {}): Failure => ({
  ...{ code, kind: 'answered', isRetryable: true, mayFailOver: true, retryAfterMs: null },
  ...change,
});
const limited = (seconds: number | null) =>
  failure('rate_limit_exceeded', { retryAfterMs: seconds === null ? null : seconds * 1000 });
const tooLong = failure('context_length_exceeded', { isRetryable: false });
const deadKey = failure('upstream_misconfigured', { isRetryable: false });
const rejected = failure('upstream_rejected', { isRetryable: false, mayFailOver: false });
const down = failure('upstream_error');
const waiting = failure('upstream_error', { retryAfterMs: 20_000 });
const silent = failure('upstream_timeout', { kind: 'silent', isRetryable: false });
const gone = failure('upstream_unreachable', { kind: 'unreachable' });
const unsupported = failure('unsupported_parameter', { isRetryable: false });
const policy = failure('content_policy_violation', { isRetryable: false, mayFailOver: false });
const full = failure('service_unavailable', { kind: 'unreachable', isRetryable: false, retryAfterMs: 1000 });
const broken = failure('internal_error', { isRetryable: false, mayFailOver: false });

describe('the failure that a client receives', () => {
  it.each([
    ['a request that is too long, before an outage', [tooLong, down], 0],
    ['a request that is too long, after an outage', [down, tooLong], 1],
    ['a request that is too long, before a limit with a wait', [tooLong, limited(30)], 0],
    ['a limit with a wait, before a dead key', [limited(30), deadKey], 0],
    ['a limit with a wait, before an outage', [limited(30), down, down, down], 0],
    ['the shorter of two waits', [limited(30), limited(5), limited(60)], 1],
    ['a limit with a wait, before an outage with a shorter one', [limited(30), waiting], 0],
    ['an outage with a wait, before a limit without', [waiting, limited(null)], 0],
    ['a limit without a wait, before an outage', [limited(null), down], 0],
    ['an outage, before a dead key', [down, deadKey], 0],
    ['silence, before a dead key', [silent, deadKey], 0],
    ['a refused connection, before a dead key', [deadKey, gone], 1],
    ['a rejected request, after an outage', [down, rejected], 1],
    ['the first of two refusals', [tooLong, tooLong], 0],
    ['a policy refusal of a route that tries the next target', [policy, down], 0],
    ['the last of two outages', [down, gone], 1],
    ['an outage, before a parameter that the next does not take', [down, unsupported], 0],
    ['a parameter, before a dead key', [unsupported, deadKey], 0],
    ['a full bulkhead with a wait, before an outage', [full, down], 0],
    ['an outage, before our own fault', [down, broken], 0],
    ['the only one', [deadKey], 0],
  ])('is %s', (_, failures, position) => {
    expect(chooseFailure(failures)).toBe(position);
  });
});
