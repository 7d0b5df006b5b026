import { describe, expect, it } from '@jest/globals';
import { classifyOpenAiError, classifyOpenAiErrorBody } from './errors.ts';

const judge = (status: number, error: object, headers = {}) =>
  classifyOpenAiError(status, headers, JSON.stringify({ error }));

describe('an error in the dialect of OpenAI', () => {
  it.each([
    [{ object: 'error', message: "This model's maximum context length is 2048 tokens.", code: 40303 }],
    [{ error: { message: 'Input is longer than the context window.' } }],
    [{ error: 'prompt is too long: 9 tokens' }],
    [{ message: 'maximum context length exceeded' }],
    [{ detail: 'context length exceeded' }],
  ])('is known as too long a context in any server’s words: %j', (body) => {
    expect(classifyOpenAiError(400, {}, JSON.stringify(body))).toMatchObject({
      code: 'context_length_exceeded',
      isRetryable: false,
      mayFailOver: true,
    });
  });

  it('has the list of faults as its text where a server sends no other', () => {
    const message = { detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'] }] };
    expect(classifyOpenAiError(422, {}, JSON.stringify({ object: 'error', message }))).toMatchObject({
      code: 'upstream_rejected',
      publicMessage: JSON.stringify(message),
    });
  });

  it.each([
    [403, 'content_policy_violation', 'content_policy_violation', false],
    [400, 'invalid_prompt', 'content_policy_violation', false],
    [400, 'model_not_found', 'model_not_found', true],
    [403, 'model_not_found', 'upstream_misconfigured', true],
    [402, null, 'upstream_misconfigured', true],
    [301, null, 'upstream_misconfigured', true],
    [405, null, 'upstream_misconfigured', true],
    [408, null, 'upstream_error', true],
    [529, null, 'upstream_error', true],
    [500, 'content_filter', 'upstream_error', true],
  ])('of status %s and code %s is %s, failover: %s', (status, code, ours, mayFailOver) => {
    expect(judge(status, { message: 'x', code })).toMatchObject({ code: ours, mayFailOver });
  });

  it('of status 404 is the caller’s where a parameter is named, an unknown model if one is reported, and ours else', () => {
    expect(judge(404, { message: 'No such file', param: 'file_id' }).code).toBe('upstream_rejected');
    expect(judge(404, { message: 'No such model', param: 'model' }).code).toBe('model_not_found');
    expect(judge(404, { message: 'model "llama" not found, try pulling it first' }).code).toBe('model_not_found');
    expect(judge(404, { message: 'Invalid URL' }).code).toBe('upstream_misconfigured');
  });

  it('of a request that no wait makes small enough for the rate is not tried again, but elsewhere', () => {
    const message = 'Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 50000.';
    expect(judge(429, { message, code: 'rate_limit_exceeded' })).toMatchObject({
      code: 'rate_limit_exceeded',
      isRetryable: false,
      mayFailOver: true,
    });
  });

  it.each([
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '0' }, 0],
    [{ 'retry-after': '9', 'retry-after-ms': '1234.5' }, 1235],
    [{ 'retry-after': '999999999' }, 86_400_000],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, null],
    [{ 'retry-after': '-1' }, null],
    [{}, null],
  ])('with %j says to wait %s ms', (headers, retryAfterMs) => {
    expect(judge(429, { message: 'x' }, headers).retryAfterMs).toBe(retryAfterMs);
  });

  it.each([
    [{ code: 429 }, 'rate_limit_exceeded'],
    [{ code: '503' }, 'upstream_error'],
    [{ status: 400, message: 'bad' }, 'upstream_rejected'],
    [{ type: 'invalid_request_error' }, 'upstream_rejected'],
    [{ type: 'authentication_error' }, 'upstream_misconfigured'],
    [{ type: 'overloaded_error' }, 'upstream_error'],
    [{ code: 'constructor' }, 'upstream_error'],
    [{}, 'upstream_error'],
  ])('without a status is judged by what it names: %j is %s', (error, code) => {
    expect(classifyOpenAiErrorBody({ error })?.code).toBe(code);
  });

  it('can be that of a choice, with or without its own words', () => {
    const choice = { index: 0, message: { content: 'Hel' }, finish_reason: 'error' };
    expect(classifyOpenAiErrorBody({ choices: [choice] })).toMatchObject({ code: 'upstream_error', isRetryable: true });
    const failed = { ...choice, finish_reason: 'stop', error: { code: 429, message: 'slow down' } };
    expect(classifyOpenAiErrorBody({ choices: [{}, failed] })?.code).toBe('rate_limit_exceeded');
    expect(classifyOpenAiErrorBody({ choices: [null, 7, { error: null, finish_reason: 'stop' }] })).toBeNull();
  });

  it('is none where there is none', () => {
    for (const body of [{}, { error: null }, { error: '' }, { choices: [] }, { message: 'hello' }]) {
      expect(classifyOpenAiErrorBody(body)).toBeNull();
    }
  });

  it('is cut to what a log line and a caller can bear', () => {
    const judgement = judge(400, { message: 'long '.repeat(10_000), param: 'p'.repeat(10_000) });
    expect(judgement.publicMessage?.length).toBeLessThanOrEqual(500);
    expect(judgement.param).toHaveLength(200);
    expect(judgement.internal.length).toBeLessThanOrEqual(500);
  });
});
