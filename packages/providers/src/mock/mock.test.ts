import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describeProvider, parseFixtures } from '../conformance.ts';
import { adapterFor } from '../registry.ts';
import { mockAdapter } from './index.ts';

const directory = new URL('./__fixtures__/', import.meta.url);
const texts = readdirSync(directory).map((name) => [name, readFileSync(new URL(name, directory), 'utf8')]);

describeProvider(mockAdapter, parseFixtures(Object.fromEntries(texts)));

describe('thinking that is asked of the mock provider', () => {
  const messages = [{ role: 'user' as const, content: 'x' }];
  const rest = { credential: null, model: 'm', attemptId: 'a/1', maxOutputTokens: null, options: {} };
  const droppedOf = (fields: object) =>
    mockAdapter.chat.toRequest({ model: 'any', messages, ...fields }, { baseUrl: 'http://m/v1', ...rest })
      .droppedParams;

  it('is named, since no model of it thinks, unless it is off anyhow', () => {
    expect(droppedOf({ reasoning_effort: 'low' })).toEqual(['reasoning_effort']);
    expect(droppedOf({ reasoning: { max_tokens: 9 } })).toEqual(['reasoning']);
    expect(droppedOf({ reasoning_effort: 'none', reasoning: { enabled: false } })).toEqual([]);
  });
});

describe('the record that the mock provider keeps of an attempt', () => {
  const lookup = mockAdapter.usageRecord;
  const parse = (status: number, body: unknown) => lookup?.parse(status, JSON.stringify(body));

  const nothingMore = { maxOutputTokens: null, options: {} };

  it('is asked for by the id of the attempt, encoded', () => {
    const target = {
      baseUrl: 'http://mock.example/v1',
      credential: null,
      model: 'm',
      attemptId: 'a-b/2',
      ...nothingMore,
    };
    expect(lookup?.endpoint(target)).toMatchObject({ method: 'GET', url: 'http://mock.example/v1/usage/a-b%2F2' });
  });

  it('reports what the attempt used', () => {
    const usage = { prompt_tokens: 9, completion_tokens: 0, prompt_tokens_details: { cached_tokens: 4 } };
    expect(parse(200, { object: 'usage_record', usage })).toEqual({
      result: 'found',
      usage: { inputUncached: 5, cacheRead: 4, outputText: 0 },
    });
  });

  it('proves absence only by its own word, since any wrong address answers 404', () => {
    expect(parse(404, { error: { code: 'usage_record_not_found' } })).toEqual({ result: 'absent' });
    for (const body of [null, {}, '<html>', { error: { code: 'model_not_found' } }]) {
      expect(parse(404, body)).toEqual({ result: 'unsettled' });
    }
  });

  it('is unsettled in every other case', () => {
    for (const status of [200, 401, 409, 425, 500, 503]) expect(parse(status, {})).toEqual({ result: 'unsettled' });
    expect(lookup?.parse(200, '{"object"')).toEqual({ result: 'unsettled' });
    expect(parse(200, { object: 'usage_record', usage: { prompt_tokens: -1 } })).toEqual({ result: 'unsettled' });
  });
});

describe('the registry', () => {
  it('has an adapter for each type of provider', () => {
    expect(adapterFor('Mock').type).toBe('Mock');
    expect(adapterFor('OpenAI').type).toBe('OpenAI');
    expect(adapterFor('OpenAI').usageRecord).toBeNull();
  });
});
