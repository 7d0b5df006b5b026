import { readdirSync, readFileSync } from 'node:fs';
import { chatCompletionRequest } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { describeProvider, parseFixtures } from '../conformance.ts';
import { openRouterAdapter } from './index.ts';

const directory = new URL('./__fixtures__/', import.meta.url);
const texts = readdirSync(directory).map((name) => [name, readFileSync(new URL(name, directory), 'utf8')]);

describeProvider(openRouterAdapter, parseFixtures(Object.fromEntries(texts)));

describe('OpenRouter', () => {
  const target = {
    baseUrl: 'https://openrouter.ai/api/v1',
    credential: 'k',
    model: 'openai/gpt-4o-mini',
    attemptId: 'r/1',
    maxOutputTokens: null,
    options: {},
  };
  const translate = (request: object) => {
    const asked = chatCompletionRequest.parse({ model: 'any', messages: [{ role: 'user', content: 'x' }], ...request });
    return JSON.parse(openRouterAdapter.chat.toRequest(asked, target).body);
  };

  it('is asked for reasoning in one form, since two that differ are refused', () => {
    expect(translate({ reasoning: { effort: 'low' }, reasoning_effort: 'high' })).toMatchObject({
      reasoning: { effort: 'low' },
    });
    expect(translate({ reasoning: { effort: 'low' }, reasoning_effort: 'high' })).not.toHaveProperty(
      'reasoning_effort',
    );
    expect(translate({ reasoning: { summary: 'auto' }, reasoning_effort: 'high' })).toMatchObject({
      reasoning: { effort: 'high', summary: 'auto' },
    });
    expect(translate({ reasoning_effort: 'high' })).toMatchObject({ reasoning_effort: 'high' });
    expect(translate({ reasoning_effort: 'max' })).toMatchObject({ reasoning: { effort: 'max' } });
    expect(translate({ reasoning_effort: 'max' })).not.toHaveProperty('reasoning_effort');
  });

  it('carries the cache mark of a message on its last part', () => {
    const cache_control = { type: 'ephemeral' };
    const calls = [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }];
    const messages = [
      { role: 'user', content: 'a', cache_control },
      { role: 'assistant', content: null, tool_calls: [{ ...calls[0], cache_control }], cache_control },
      { role: 'tool', tool_call_id: 'c', content: 'b', cache_control },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'c' },
          { type: 'text', text: 'd' },
        ],
        cache_control,
      },
    ];
    expect(translate({ messages }).messages).toEqual([
      { role: 'user', content: [{ type: 'text', text: 'a', cache_control }] },
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'tool', tool_call_id: 'c', content: [{ type: 'text', text: 'b', cache_control }] },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'c' },
          { type: 'text', text: 'd', cache_control },
        ],
      },
    ]);
  });

  it('is probed where a wrong key is refused, since its list of models is open to all', () => {
    expect(openRouterAdapter.probe(target).url).toBe('https://openrouter.ai/api/v1/key');
  });

  it('shows no client what it charged us', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, cost: 0.1, cost_details: {}, is_byok: false };
    const answer = {
      id: 'g',
      object: 'chat.completion',
      choices: [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }],
      usage,
    };
    const { body, usage: counters } = openRouterAdapter.chat.fromResponse(JSON.stringify(answer));
    expect(body.usage).toEqual({ prompt_tokens: 1, completion_tokens: 2 });
    expect(counters).toEqual({ inputUncached: 1, outputText: 2 });
  });

  it.each([
    ['{"id":"g","provider":"Azure","model":"m","object":"chat.completion.chunk","created":1,', '1.50'],
    ['{"id":"g","object":"chat.completion.chunk","created":1,"model":"m","provider":"Azure",', '1.50'],
    ['{"provider":"Azure","object":"chat.completion.chunk",', '1.50'],
    ['{ "object": "chat.completion.chunk", "provider": "Azure", ', '1.5'],
    ['{"novel":{},"object":"chat.completion.chunk","provider":"Azure\\"s",', '1.5'],
    ['{"object":"chat.completion.chunk","provider":null,', '1.5'],
  ])('does not say whom it asked in turn: %s', (head, number) => {
    const rest = (value: string) =>
      `"choices":[{"index":0,"delta":{"role":"assistant","content":"provider"},"novel":${value}}]}`;
    const stream = openRouterAdapter.chat.createStream({ includeUsage: false });
    const [sent = ''] = stream.push(head + rest('1.50'));
    const { provider: _provider, ...expected } = JSON.parse(head + rest('1.50'));
    expect(JSON.parse(sent)).toEqual(expected);
    // What can be cut from the text is, and the rest of it is forwarded as it came.
    expect(sent.endsWith(rest(number))).toBe(true);
    const finish = '"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}';
    stream.push(head + finish);
    expect(stream.end()).not.toHaveProperty('provider');
  });

  it('draws by its own address of pictures, in what it takes of OpenAI’s words', () => {
    const asked = {
      model: 'any',
      prompt: 'x',
      response_format: 'b64_json' as const,
      size: '2K',
      style: 'vivid',
      user: 'u',
    };
    const { endpoint, body, droppedParams } = openRouterAdapter.images?.toRequest(asked, target) ?? {};
    expect(endpoint?.url).toBe('https://openrouter.ai/api/v1/images');
    expect(JSON.parse(body ?? '')).toEqual({ model: 'openai/gpt-4o-mini', prompt: 'x', size: '2K' });
    expect(droppedParams).toEqual(['style', 'user']);
  });
});
