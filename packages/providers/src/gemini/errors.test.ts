import { describe, expect, it } from '@jest/globals';
import { classifyGeminiError, classifyGeminiErrorBody } from './errors.ts';

const judge = (code: number, error: object, headers = {}) =>
  classifyGeminiError(code, headers, JSON.stringify({ error: { code, ...error } }));
const violated = (quotaId: string) => ({ details: [{ '@type': 'QuotaFailure', violations: [{ quotaId }] }] });

describe('an error of Gemini', () => {
  it('that is a dead key is ours and the key’s, although it is reported as an invalid argument', () => {
    const dead = { code: 'upstream_misconfigured', mayFailOver: true, isKeyAtFault: true, publicMessage: null };
    expect(judge(400, { details: [{ reason: 'API_KEY_INVALID' }] })).toMatchObject(dead);
    expect(judge(400, { message: 'API key expired. Please renew the API key.' })).toMatchObject(dead);
    expect(judge(403, { message: 'Your API key was reported as leaked. Please use another API key.' })).toMatchObject(
      dead,
    );
    expect(judge(401, { status: 'UNAUTHENTICATED', message: 'Request had invalid credentials.' })).toMatchObject(dead);
    expect(judge(404, { status: 'NOT_FOUND' })).not.toHaveProperty('isKeyAtFault');
  });

  it('that is our account’s is not returned as the caller’s', () => {
    for (const message of [
      'Gemini API free tier is not available in your country. Please enable billing on your project.',
      'Quota exceeded for metric: generate_content_free_tier_requests, limit: 0, model: gemini-4-argon',
    ]) {
      expect(judge(429, { message })).toMatchObject({ code: 'upstream_misconfigured', isRetryable: false });
    }
  });

  it('of a day’s quota is not waited for, one of a minute’s is', () => {
    expect(judge(429, violated('GenerateRequestsPerDayPerProjectPerModel'))).toMatchObject({
      code: 'rate_limit_exceeded',
      isRetryable: false,
      mayFailOver: true,
    });
    expect(judge(429, violated('GenerateRequestsPerMinutePerProjectPerModel')).isRetryable).toBe(true);
  });

  it.each([
    ['37s', 37_000],
    ['0.0001s', 1],
    ['0s', 0],
    ['999999999s', 86_400_000],
    ['-1s', null],
    ['1m', null],
    [7, null],
  ])('with a retry delay of %j says to wait %s ms', (retryDelay, retryAfterMs) => {
    expect(judge(429, { details: [{ retryDelay }] }).retryAfterMs).toBe(retryAfterMs);
  });

  it('of a thought’s signature goes to another model, which asks for none', () => {
    for (const message of [
      'Corrupted thought signature.',
      'Function call is missing a thought_signature in functionCall parts.',
    ]) {
      expect(judge(400, { status: 'INVALID_ARGUMENT', message })).toMatchObject({
        code: 'upstream_rejected',
        isRetryable: false,
        mayFailOver: true,
      });
    }
  });

  it('of a file that is not there is the caller’s', () => {
    const message = 'You do not have permission to access the File abc or it may not exist.';
    expect(judge(403, { status: 'PERMISSION_DENIED', message }).code).toBe('upstream_rejected');
  });

  it.each([
    ['generation_config.thinking_config.thinking_budget', 'reasoning_effort'],
    ['contents[1].parts[0].data', 'messages'],
    ['tools[0].function_declarations[0].name', 'tools'],
    ['something.else', null],
  ])('names %s by the caller’s name, %s', (field, param) => {
    expect(judge(400, { message: 'x', details: [{ fieldViolations: [{ field }] }] }).param).toBe(param);
  });

  it.each([
    [{ code: 429 }, 'rate_limit_exceeded'],
    [{ status: 'UNAUTHENTICATED' }, 'upstream_misconfigured'],
    [{ status: 'DEADLINE_EXCEEDED' }, 'upstream_error'],
    [{ status: 'CANCELLED' }, 'upstream_error'],
    [{ status: 'constructor', code: '400' }, 'upstream_error'],
    [{ details: 'x', message: 7 }, 'upstream_error'],
  ])('without a status of HTTP is judged by what it names: %j is %s', (error, code) => {
    expect(classifyGeminiErrorBody({ error })?.code).toBe(code);
    expect(classifyGeminiErrorBody([{ error }])?.code).toBe(code);
  });

  it('is none where there is none', () => {
    for (const body of [{}, [], null, 'x', { error: null }, { error: 'x' }, { candidates: [] }]) {
      expect(classifyGeminiErrorBody(body)).toBeNull();
    }
  });
});
