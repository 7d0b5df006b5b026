import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { describe, expect, it } from '@jest/globals';
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, jsonSchema, streamText, tool } from 'ai';
import type { ChatSurface } from './chat-surface.ts';
import { chatCompletionsSurface, messagesSurface, responsesSurface } from './index.ts';
import { script } from './testing/chat-script.ts';
import { SurfaceServer } from './testing/surface-server.ts';

const call = (index: number, city: string) => ({
  index,
  id: `call_${index}`,
  type: 'function',
  function: { name: 'weather', arguments: JSON.stringify({ city }) },
});
const answer = script(
  [
    { reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', format: 'anthropic-claude-v1', index: 0 }] },
    { reasoning_details: [{ type: 'reasoning.text', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 }] },
    { content: 'Let me ' },
    { content: 'look.' },
    { tool_calls: [call(0, 'Rome')] },
    { tool_calls: [call(1, 'Oslo')] },
  ],
  'tool_calls',
);
const weather = tool({
  description: 'The weather',
  inputSchema: jsonSchema({ type: 'object', properties: { city: { type: 'string' } } }),
});
const expectedCalls = [
  { toolCallId: 'call_0', toolName: 'weather', input: { city: 'Rome' } },
  { toolCallId: 'call_1', toolName: 'weather', input: { city: 'Oslo' } },
];

const models = {
  messages: (baseUrl: string) => createAnthropic({ apiKey: 'k', baseURL: baseUrl })('claude-sonnet-4-5'),
  responses: (baseUrl: string) => createOpenAI({ apiKey: 'k', baseURL: baseUrl }).responses('gpt-5'),
};

describe.each([
  ['messages', messagesSurface],
  ['responses', responsesSurface],
] as const)('the AI SDK on %s', (name, surface: ChatSurface) => {
  const server = new SurfaceServer(surface);
  // It relies on stored items by default.
  const providerOptions = { openai: { store: false } };
  const options = () => ({ model: models[name](server.baseUrl), tools: { weather }, maxRetries: 0, providerOptions });
  const ask = () => ({ ...options(), prompt: 'Hello' });

  it('reads text, thoughts, calls and usage of a plain answer and of a stream', async () => {
    server.script = answer;
    const plain = await generateText(ask());
    const streamed = streamText(ask());

    expect(plain.text).toBe('Let me look.');
    expect(plain.toolCalls).toMatchObject(expectedCalls);
    expect(plain.usage).toMatchObject({ inputTokens: 100, outputTokens: 40 });
    expect(await streamed.text).toBe('Let me look.');
    expect(await streamed.toolCalls).toMatchObject(expectedCalls);
    expect(await streamed.usage).toMatchObject({ inputTokens: 100, outputTokens: 40 });
    expect(await streamed.finishReason).toBe(plain.finishReason);
    expect(await streamed.reasoningText).toBe(plain.reasoningText);
    expect(plain.reasoningText).toBe('Hm.');
  });

  it('gives the conversation back: thoughts, calls and results', async () => {
    server.script = answer;
    const plain = await generateText(ask());
    server.requests = [];
    await generateText({
      ...options(),
      messages: [
        { role: 'user', content: 'Hello' },
        ...plain.response.messages,
        {
          role: 'tool',
          content: expectedCalls.map(({ toolCallId }) => ({
            type: 'tool-result' as const,
            toolName: 'weather',
            toolCallId,
            output: { type: 'text' as const, value: 'rain' },
          })),
        },
      ],
    });
    expect(server.requests.at(-1)?.chat.messages).toMatchObject([
      { role: 'user' },
      {
        role: 'assistant',
        tool_calls: [{ id: 'call_0' }, { id: 'call_1' }],
        reasoning_details: [
          { type: 'reasoning.text', text: 'Hm.', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 },
        ],
      },
      { role: 'tool', tool_call_id: 'call_0' },
      { role: 'tool', tool_call_id: 'call_1' },
    ]);
  });
});

describe('LangChain', () => {
  const anthropic = new SurfaceServer(messagesSurface);
  const openai = new SurfaceServer(responsesSurface);
  const chat = new SurfaceServer(chatCompletionsSurface);

  it.each([
    [
      'messages',
      () =>
        new ChatAnthropic({
          apiKey: 'k',
          model: 'claude',
          anthropicApiUrl: anthropic.baseUrl,
          maxTokens: 100,
          maxRetries: 0,
        }),
    ],
    [
      'responses',
      () =>
        new ChatOpenAI({
          apiKey: 'k',
          model: 'm',
          useResponsesApi: true,
          maxRetries: 0,
          configuration: { baseURL: openai.baseUrl },
        }),
    ],
    [
      'chat completions',
      () => new ChatOpenAI({ apiKey: 'k', model: 'm', maxRetries: 0, configuration: { baseURL: chat.baseUrl } }),
    ],
  ])('reads %s, plain and streamed', async (_name, create) => {
    for (const server of [anthropic, openai, chat]) server.script = answer;
    const plain = await create().invoke('Hello');
    let calls = '';
    let text = '';
    for await (const chunk of await create().stream('Hello')) {
      text += chunk.text;
      calls += (chunk.tool_call_chunks ?? []).map((part) => part.args ?? '').join('');
    }

    expect(plain.text).toContain('Let me look.');
    expect(plain.tool_calls).toMatchObject([{ name: 'weather', args: { city: 'Rome' } }, { args: { city: 'Oslo' } }]);
    expect(text).toContain('Let me look.');
    expect(calls).toBe('{"city":"Rome"}{"city":"Oslo"}');
  });
});
