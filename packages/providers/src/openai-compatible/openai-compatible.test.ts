import { readdirSync, readFileSync } from 'node:fs';
import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { describeProvider, parseFixtures } from '../conformance.ts';
import { adapterFor } from '../registry.ts';
import { openAiCompatibleAdapter } from './index.ts';

const directory = new URL('./__fixtures__/', import.meta.url);
const texts = readdirSync(directory).map((name) => [name, readFileSync(new URL(name, directory), 'utf8')]);

describeProvider(openAiCompatibleAdapter, parseFixtures(Object.fromEntries(texts)));

describe('any compatible server', () => {
  const target = {
    baseUrl: 'https://a.example/v1',
    credential: null,
    model: 'llama',
    attemptId: 'r/1',
    maxOutputTokens: null,
    options: {},
  };
  const translate = (request: object, options = {}) => {
    const asked = chatCompletionRequest.parse({ model: 'any', messages: [{ role: 'user', content: 'x' }], ...request });
    const adapter = adapterFor('OpenAICompatible', { baseUrl: target.baseUrl, options });
    return JSON.parse(adapter.chat.toRequest(asked, target).body);
  };

  it('is bounded in the word that all of them know, or in the later one where it is set up so', () => {
    expect(translate({ max_completion_tokens: 5 })).toMatchObject({ max_tokens: 5 });
    expect(translate({ max_tokens: 9, max_completion_tokens: 5 })).not.toHaveProperty('max_completion_tokens');
    const later = { outputLimitField: 'max_completion_tokens' };
    expect(translate({ max_tokens: 5 }, later)).toMatchObject({ max_completion_tokens: 5 });
    expect(translate({ max_tokens: 5 }, later)).not.toHaveProperty('max_tokens');
  });

  it.each([
    ['gpt-5-mini', 'max_completion_tokens'],
    ['azure/o4-mini', 'max_completion_tokens'],
    ['openai/gpt-6-sol', 'max_completion_tokens'],
    ['gpt-4o', 'max_tokens'],
    ['gpt-oss-120b', 'max_tokens'],
    ['o1/llama', 'max_tokens'],
    ['olmo-3', 'max_tokens'],
  ])('gets the token limit of %s, by the name of the model, under %s', (model, name) => {
    const asked = { model: 'any', messages: [{ role: 'user' as const, content: 'x' }], max_tokens: 5 };
    const sent = (options: Readonly<Record<string, string>>) =>
      JSON.parse(
        adapterFor('OpenAICompatible', { baseUrl: target.baseUrl, options }).chat.toRequest(asked, { ...target, model })
          .body,
      );
    expect(sent({})).toEqual({ model, messages: asked.messages, [name]: 5 });
    expect(sent({ outputLimitField: 'max_tokens' })).toMatchObject({ max_tokens: 5 });
  });

  it('is not asked to sample where it fronts a model of OpenAI’s that reasons (D17)', () => {
    const sent = (model: string) => {
      const asked = chatCompletionRequest.parse({
        ...{ model: 'any', messages: [{ role: 'user', content: 'x' }], temperature: 0, top_p: 0.9 },
      });
      const { body, droppedParams } = openAiCompatibleAdapter.chat.toRequest(asked, { ...target, model });
      return [JSON.parse(body).temperature, JSON.parse(body).top_p, droppedParams];
    };
    expect(sent('azure/gpt-5-mini')).toEqual([undefined, undefined, ['temperature', 'top_p']]);
    for (const model of ['openai/gpt-oss-120b', 'llama', 'gpt-4o']) expect(sent(model)).toEqual([0, 0.9, []]);
  });

  it('is asked to think as OpenAI’s models are, where it serves one of those', () => {
    const asked = { messages: [{ role: 'user' as const, content: 'x' }], reasoning_effort: 'max' };
    const sent = (model: string) =>
      JSON.parse(openAiCompatibleAdapter.chat.toRequest({ model: 'any', ...asked }, { ...target, model }).body)
        .reasoning_effort;
    expect(['openai/gpt-5.6', 'azure/gpt-5.2', 'openai/gpt-oss-120b', 'llama', 'gpt-4o'].map(sent)).toEqual([
      'xhigh',
      'xhigh',
      'high',
      'high',
      undefined,
    ]);
  });

  it('gets its reasoning back, and a refusal and the developer as all of them know them', () => {
    const messages = [
      { role: 'developer', content: 'a' },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }], reasoning_content: 'Hm.' },
    ];
    expect(translate({ messages }).messages).toEqual([
      { role: 'system', content: 'a' },
      { role: 'assistant', content: [{ type: 'text', text: 'No.' }], reasoning_content: 'Hm.', reasoning: 'Hm.' },
    ]);
  });
});
