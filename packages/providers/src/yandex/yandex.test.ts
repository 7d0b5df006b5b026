import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { describeProvider, parseFixtures } from '../conformance.ts';
import { yandexAdapter } from './index.ts';

const directory = new URL('./__fixtures__/', import.meta.url);
const texts = readdirSync(directory).map((name) => [name, readFileSync(new URL(name, directory), 'utf8')]);

describeProvider(yandexAdapter, parseFixtures(Object.fromEntries(texts)));

describe('Yandex', () => {
  const target = {
    baseUrl: 'https://llm.api.cloud.yandex.net/v1',
    credential: 'k',
    model: 'yandexgpt/latest',
    attemptId: 'r/1',
    maxOutputTokens: null,
    options: { folder: 'b1g0' },
  };
  const messages = [{ role: 'user' as const, content: 'x' }];
  const ask = (changes: object) =>
    yandexAdapter.chat.toRequest({ model: 'any', messages, stream: true }, { ...target, ...changes });

  it('gets the folder with every request, and is not asked for usage', () => {
    const { endpoint, body } = ask({});
    expect(endpoint.headers['openai-project']).toBe('b1g0');
    expect(yandexAdapter.probe(target).headers['openai-project']).toBe('b1g0');
    expect(JSON.parse(body)).toEqual({ model: 'gpt://b1g0/yandexgpt/latest', messages, stream: true });
  });

  it('takes the address of a model as it is, as of a tuned one', () => {
    const model = 'gpt://b1g9/yandexgpt-lite/latest@tuned';
    expect(JSON.parse(ask({ model, options: {} }).body).model).toBe(model);
  });

  it('cannot be asked without a folder', () => {
    expect(() => ask({ options: {} })).toThrow(expect.objectContaining({ code: 'upstream_misconfigured' }));
  });

  it('never shows the folder: not in answers, not in chunks, not in errors', () => {
    const choices = [{ index: 0, message: { content: 'a' }, delta: { content: 'a' }, finish_reason: null }];
    const answer = { id: 'a', model: 'gpt://b1g0/yandexgpt/latest', choices };
    expect(yandexAdapter.chat.fromResponse(JSON.stringify(answer)).body.model).toBe('yandexgpt/latest');
    const stream = yandexAdapter.chat.createStream({ includeUsage: false });
    expect(JSON.parse(stream.push(JSON.stringify(answer))[0] ?? '').model).toBe('yandexgpt/latest');
    const error = { error: { message: 'Model gpt://b1g0/yandexgpt/latest is not for emb://b1g0/x.', param: 'model' } };
    const { publicMessage, internal } = yandexAdapter.classifyError(400, {}, JSON.stringify(error));
    expect(publicMessage).toBe('Model yandexgpt/latest is not for x.');
    expect(internal).not.toContain('b1g0');
  });
});
