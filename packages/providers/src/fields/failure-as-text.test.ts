import { describe, expect, it } from '@jest/globals';
import { adapterFor } from '../registry.ts';

const target = {
  ...{ baseUrl: 'https://provider.example/v1', credential: 'c', model: 'm', maxOutputTokens: 1000, attemptId: 'a/1' },
  options: { folder: 'f' },
};
const call = { id: 'call_1', type: 'function', function: { name: 'look', arguments: '{}' } };

describe('the result of a tool that failed', () => {
  it.each(['OpenAI', 'OpenAICompatible', 'OpenRouter', 'Yandex', 'Gemini', 'Cohere'] as const)(
    'C-m2: is in its text for %s, which has no mark of a failure',
    (type) => {
      const messages = [
        { role: 'user' as const, content: 'Go' },
        { role: 'assistant' as const, content: null, tool_calls: [call] },
        { role: 'tool' as const, tool_call_id: 'call_1', content: 'not there', is_error: true },
      ];
      const { body } = adapterFor(type).chat.toRequest({ model: 'm', messages }, target);

      expect(body).toContain('Error: not there');
      expect(body).not.toContain('is_error');
    },
  );
});
