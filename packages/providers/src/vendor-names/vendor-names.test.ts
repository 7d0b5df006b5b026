import { chatCompletionRequest, type ProviderType } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adapterFor } from '../registry.ts';
import { nameForVendor } from './name-for-vendor.ts';

const long = 'mcp__plugin_video-strategist_video-analytics__get_video_enhanced_transcript_text';
const other = `${long}_2`;
const longId = `call_${'x'.repeat(112)}`;
const target = {
  baseUrl: 'https://a.example/v1',
  credential: null,
  model: 'm',
  maxOutputTokens: 99,
  attemptId: 'r/1',
  options: { folder: 'f' },
};

const request = chatCompletionRequest.parse({
  model: 'any',
  messages: [
    { role: 'user', content: 'x' },
    {
      role: 'assistant',
      content: null,
      tool_calls: [{ id: longId, type: 'function', function: { name: long, arguments: '{}' } }],
    },
    { role: 'tool', tool_call_id: longId, content: '5' },
  ],
  tools: [long, other, 'fs.read'].map((name) => ({
    type: 'function',
    function: { name, parameters: { type: 'object', properties: {} } },
  })),
  tool_choice: { type: 'function', function: { name: long } },
});

/** The adapter of a server with a profile. */
const withProfile = (profile: object) =>
  adapterFor('OpenAICompatible', { baseUrl: 'http://10.0.0.1/v1', options: { profile: JSON.stringify(profile) } });
const answerOf = (name: string) =>
  JSON.stringify({
    choices: [
      {
        index: 0,
        message: { content: null, tool_calls: [{ id: 'c', function: { name, arguments: '{}' } }] },
        finish_reason: 'tool_calls',
      },
    ],
  });

describe('the name of a participant (D62)', () => {
  it.each(['Anthropic', 'Gemini', 'Cohere'] as const)('is named as dropped for %s', (type) => {
    const messages = [
      { role: 'user', name: 'Alice', content: 'a' },
      { role: 'user', name: 'Bob', content: 'b' },
    ];
    const group = chatCompletionRequest.parse({ model: 'any', messages });
    expect(adapterFor(type).chat.toRequest(group, target).droppedParams).toEqual(['messages.name']);
  });
});

describe('names that break a vendor’s rule (D08, D06)', () => {
  it('are changed everywhere in the request, alike, and stay different', () => {
    const { chat, reader } = nameForVendor(adapterFor('OpenAI'), request);
    const sent = JSON.parse(reader.toRequest(chat, target).body);
    const names = sent.tools.map(({ function: { name } }: { function: { name: string } }) => name);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(new Set(names).size).toBe(3);
    expect(sent.tool_choice.function.name).toBe(names[0]);
    expect(sent.messages[1].tool_calls[0].function.name).toBe(names[0]);
    expect(sent.messages[1].tool_calls[0].id).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    expect(sent.messages[2].tool_call_id).toBe(sent.messages[1].tool_calls[0].id);
    expect(nameForVendor(adapterFor('OpenAI'), request).chat).toEqual(chat);
  });

  it('come back as the client’s, plain and streamed', () => {
    const { chat, reader } = nameForVendor(withProfile({ toolNames: 'word-64' }), request);
    const name = Object(chat.tools?.[1]).function.name;
    expect(name).not.toBe(other);
    const { choices } = Object(reader.fromResponse(answerOf(name)).body);
    expect(choices[0].message.tool_calls[0].function.name).toBe(other);
    const stream = reader.createStream({ includeUsage: false });
    const delta = {
      role: 'assistant',
      tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name, arguments: '{"a' } }],
    };
    const [text = ''] = stream.push(
      JSON.stringify({ id: 'x', object: 'chat.completion.chunk', choices: [{ index: 0, delta }] }),
    );
    expect(JSON.parse(text).choices[0].delta.tool_calls[0].function).toEqual({ name: other, arguments: '{"a' });
    expect(stream.hasLife).toBe(true);
  });

  it.each([
    ['Anthropic', /^[a-zA-Z0-9_-]{1,128}$/],
    ['Gemini', /^[a-zA-Z_][a-zA-Z0-9_-]{0,63}$/],
    ['OpenRouter', /^[a-zA-Z0-9_-]{1,64}$/],
  ] as const)('are changed for %s by its own rule', (type, rule) => {
    const odd = {
      ...request,
      tools: ['7.a', `b${'c'.repeat(200)}`].map((name) => ({ type: 'function', function: { name } })),
    };
    const { chat } = nameForVendor(adapterFor(type), odd);
    for (const tool of chat.tools ?? []) expect(Object(tool).function.name).toMatch(rule);
  });

  it('are ids of nine letters and digits for Mistral', () => {
    const mistral = adapterFor('OpenAICompatible', { baseUrl: 'https://api.mistral.ai/v1', options: {} });
    const { chat } = nameForVendor(mistral, request);
    expect(chat.messages[2]?.tool_call_id).toMatch(/^[A-Za-z0-9]{9}$/);
    expect(chat.messages[1]?.tool_calls?.[0]?.id).toBe(chat.messages[2]?.tool_call_id);
  });

  it.each<ProviderType>(['OpenAI', 'Anthropic', 'Gemini', 'OpenAICompatible'])(
    'stay the very same request for %s if none breaks it',
    (type) => {
      const adapter = adapterFor(type);
      const fine = chatCompletionRequest.parse({
        model: 'm',
        messages: [{ role: 'user', content: 'x' }],
        tools: [{ type: 'function', function: { name: 'list_files' } }],
      });
      const named = nameForVendor(adapter, fine);
      expect(named.chat).toBe(fine);
      expect(named.reader).toBe(adapter.chat);
    },
  );

  it('are ids of another provider’s calls for Anthropic, the call and its result alike', () => {
    const text = JSON.stringify(request).replaceAll(longId, 'functions.f:0/é');
    const { chat } = nameForVendor(adapterFor('Anthropic'), chatCompletionRequest.parse(JSON.parse(text)));
    expect(chat.messages[1]?.tool_calls?.[0]?.id).toBe('functions_f_0__');
    expect(chat.messages[2]?.tool_call_id).toBe('functions_f_0__');
  });

  it('are never the same for two tools with different names', () => {
    const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 90 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(names, (own) => {
        const asked = {
          ...request,
          tools: own.map((name) => ({ type: 'function', function: { name } })),
          tool_choice: undefined,
          messages: request.messages.slice(0, 1),
        };
        const { chat, reader } = nameForVendor(withProfile({ toolNames: 'word-64' }), asked);
        const vendors = (chat.tools ?? []).map((tool) => String(Object(tool).function.name));
        expect(new Set(vendors).size).toBe(own.length);
        for (const [at, name] of vendors.entries()) {
          expect(name).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
          expect(Object(reader.fromResponse(answerOf(name)).body).choices[0].message.tool_calls[0].function.name).toBe(
            own[at],
          );
        }
      }),
    );
  });
});
