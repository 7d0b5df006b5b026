import { describe, expect, it } from '@jest/globals';
import { classifyAnthropicError, classifyAnthropicErrorBody } from './errors.ts';

const judge = (status: number, error: object, headers = {}) =>
  classifyAnthropicError(status, headers, JSON.stringify({ type: 'error', error, request_id: 'req_1' }));
const invalid = (message: string, errorCode?: string) =>
  judge(400, { type: 'invalid_request_error', message, ...(errorCode && { details: { error_code: errorCode } }) });

describe('an error of Anthropic', () => {
  it.each([
    'prompt is too long: 204308 tokens > 200000 maximum',
    'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
    'Your request exceeds the context window of this model.',
  ])('is known as too long a context: %s', (message) => {
    const expected = { code: 'context_length_exceeded', isRetryable: false, mayFailOver: true, publicMessage: message };
    expect(invalid(message)).toMatchObject(expected);
  });

  it.each([
    ['Your credit balance is too low to access the Anthropic API.', undefined],
    ['You have reached your specified API usage limits.', undefined],
    ['This organization has been disabled.', undefined],
    ['anthropic-version: "2030-01-01" is not a valid version', undefined],
    ['The organization is on hold.', 'organization_on_hold'],
    ['The key is disabled.', 'cmek_key_disabled'],
    ['Update Claude Code.', 'claude_code_version_too_old'],
  ])('is our account’s, not the caller’s, and its words are never shown: %s', (message, errorCode) => {
    const expected = { code: 'upstream_misconfigured', isRetryable: false, mayFailOver: true, publicMessage: null };
    expect(invalid(message, errorCode)).toMatchObject(expected);
  });

  it.each([
    [402, { type: 'billing_error', message: 'x' }, 'upstream_misconfigured', false],
    [403, { type: 'billing_error', message: 'x' }, 'upstream_misconfigured', false],
    [
      429,
      { type: 'rate_limit_error', message: 'x', details: { error_code: 'enforced_spend_limit_reached' } },
      'upstream_misconfigured',
      false,
    ],
    [
      429,
      { type: 'rate_limit_error', message: 'x', details: { error_code: 'ramp_limit_exceeded' } },
      'rate_limit_exceeded',
      true,
    ],
    [409, { type: 'conflict_error', message: 'x' }, 'upstream_error', true],
    [503, { type: 'api_error', message: 'x', details: { error_code: 'cmek_key_unreachable' } }, 'upstream_error', true],
    [504, { type: 'timeout_error', message: 'x' }, 'upstream_error', true],
    [302, {}, 'upstream_misconfigured', false],
  ])('of status %s, %j, is %s, retryable: %s', (status, error, code, isRetryable) => {
    expect(judge(status, error)).toMatchObject({ code, isRetryable, mayFailOver: true, publicMessage: null });
  });

  it('waits as long as it says', () => {
    expect(judge(429, { type: 'rate_limit_error' }, { 'retry-after': '1.5' }).retryAfterMs).toBe(1500);
    expect(
      judge(429, { type: 'rate_limit_error' }, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }).retryAfterMs,
    ).toBeNull();
  });

  it.each([
    ['billing_error', 'upstream_misconfigured'],
    ['request_too_large', 'request_too_large'],
    ['timeout_error', 'upstream_error'],
    ['novel_error', 'upstream_error'],
  ])('in the body of a success is known by its type: %s', (type, code) => {
    expect(classifyAnthropicErrorBody({ type: 'error', error: { type, message: 'x' } })).toMatchObject({ code });
  });

  it('is not seen in what is none', () => {
    expect(classifyAnthropicErrorBody({ type: 'message' })).toBeNull();
    expect(classifyAnthropicErrorBody({ type: 'error' })).toMatchObject({ code: 'upstream_error' });
  });
});
