import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { usedFields } from './used-fields.ts';

describe('the fields that a request uses', () => {
  it('are its own and those inside messages, tools and the response format', () => {
    const request = chatCompletionRequest.parse({
      model: 'm',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'x', cache_control: { type: 'ephemeral' } },
            { type: 'image_url', image_url: { url: 'https://image.example/1.png' } },
          ],
        },
        { role: 'assistant', content: 'y', reasoning_details: [{ type: 'reasoning.text', text: 'z' }] },
      ],
      tools: [{ type: 'function', function: { name: 'f' } }, { type: 'custom' }],
      response_format: { type: 'json_schema', json_schema: {} },
      seed: 1,
      top_p: null,
      unheard_of: true,
      provider: { require_parameters: true },
    });
    expect([...usedFields(request)].sort()).toEqual([
      'content.cache_control',
      'content.image_url',
      'content.text',
      'messages',
      'model',
      'reasoning_details',
      'response_format.json_schema',
      'seed',
      'tools.custom',
      'tools.function',
    ]);
  });

  it('leave out what no table knows', () => {
    const request = chatCompletionRequest.parse({
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'hologram' }] }],
      response_format: { type: 'text' },
    });
    expect([...usedFields(request)].sort()).toEqual(['messages', 'model']);
  });
});
