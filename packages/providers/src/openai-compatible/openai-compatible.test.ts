import { readdirSync, readFileSync } from 'node:fs';
import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { describeProvider, parseFixtures } from '../conformance.ts';
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
    return JSON.parse(openAiCompatibleAdapter.chat.toRequest(asked, { ...target, options }).body);
  };

  it('is bounded in the word that all of them know, or in the later one where it is set up so', () => {
    expect(translate({ max_completion_tokens: 5 })).toMatchObject({ max_tokens: 5 });
    expect(translate({ max_tokens: 9, max_completion_tokens: 5 })).not.toHaveProperty('max_completion_tokens');
    const later = { outputLimitField: 'max_completion_tokens' };
    expect(translate({ max_tokens: 5 }, later)).toMatchObject({ max_completion_tokens: 5 });
    expect(translate({ max_tokens: 5 }, later)).not.toHaveProperty('max_tokens');
  });

  it('gets its reasoning back, and a refusal and the developer as all of them know them', () => {
    const messages = [
      { role: 'developer', content: 'a' },
      { role: 'assistant', content: [{ type: 'refusal', refusal: 'No.' }], reasoning_content: 'Hm.' },
    ];
    expect(translate({ messages }).messages).toEqual([
      { role: 'system', content: 'a' },
      { role: 'assistant', content: [{ type: 'text', text: 'No.' }], reasoning_content: 'Hm.' },
    ]);
  });
});
