import { type ChatCompletionRequest, chatCompletionRequest, parseOpaqueJson } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePolicy } from '../compile-policy.ts';
import { personalText, personalValue, policy } from '../testing/personal-values.ts';
import { maskChat } from './mask-chat.ts';

const compiled = compilePolicy(policy);
const mask = (chat: unknown) => maskChat(chatCompletionRequest.parse(chat), compiled);

/** A chat with a text in every place where there can be one. */
const chatWith = (text: string, json: string): ChatCompletionRequest =>
  chatCompletionRequest.parse({
    model: 'm',
    messages: [
      { role: 'system', content: text },
      { role: 'developer', content: [{ type: 'text', text, cache_control: { type: 'ephemeral' } }] },
      {
        role: 'user',
        content: [
          { type: 'text', text },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
        ],
      },
      {
        role: 'assistant',
        content: text,
        refusal: text,
        reasoning_content: text,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'f', arguments: json } },
          { id: 'call_2', type: 'custom', custom: { name: 'g', input: text } },
        ],
        function_call: { name: 'f', arguments: json },
      },
      { role: 'tool', tool_call_id: 'call_1', content: text },
      { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text }] },
    ],
    prediction: { type: 'content', content: text },
    documents: [text, { id: text, data: { title: text, parts: [{ snippet: text }] } }],
    stop: [text],
    tools: [
      {
        type: 'function',
        function: { name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } },
      },
    ],
    user: text,
    metadata: { note: text, team: 'a' },
  });

describe('a masked chat', () => {
  it('holds nothing personal in any of its texts', () => {
    fc.assert(
      fc.property(personalValue, (value) => {
        const json = JSON.stringify({ to: value, [value]: [value, { deep: `x ${value}` }] });
        const { chat } = maskChat(chatWith(`(${value})`, json), compiled);
        expect(JSON.stringify(chat)).not.toContain(JSON.stringify(value).slice(1, -1));
      }),
      { numRuns: 300 },
    );
  });

  it('is the chat that it was once its texts are put back', () => {
    fc.assert(
      fc.property(personalText, (text) => {
        const json = JSON.stringify({ to: text });
        const chat = chatWith(text, json);
        const masked = maskChat(chat, compiled);
        const restore = (value: unknown): unknown => {
          if (typeof value === 'string')
            return masked.vault.restore(value, value.startsWith('{"to"') ? 'json' : 'text');
          if (Array.isArray(value)) return value.map(restore);
          if (typeof value !== 'object' || value === null) return value;
          return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, restore(part)]));
        };
        const { user: _user, metadata: _metadata, ...restored } = masked.chat;
        const { user: _wasUser, metadata: _wasMetadata, ...was } = chat;
        expect(restore(restored)).toEqual(was);
      }),
      { numRuns: 300 },
    );
  });

  it('is a new one, and the same one if there is nothing to mask', () => {
    const chat = chatWith('bob@example.com', '{"to":"bob@example.com"}');
    const before = structuredClone(chat);
    expect(mask(chat).chat).not.toBe(chat);
    expect(chat).toEqual(before);
    const harmless = chatWith('Hello', '{"a":1}');
    expect(maskChat(harmless, compiled)).toMatchObject({ vault: { isEmpty: true } });
    expect(maskChat(harmless, compiled).chat).toBe(harmless);
    expect(maskChat(chat, compilePolicy({ mode: 'off' })).chat).toBe(chat);
  });

  it('keeps ids, roles, names of tools and schemas as they are', () => {
    const { chat } = mask({
      ...chatWith('bob@example.com', '{}'),
      tools: [{ type: 'function', function: { name: 'mail_bob', description: 'for bob@example.com' } }],
      messages: [
        { role: 'user', name: 'Ann', content: 'ask Ann' },
        {
          role: 'assistant',
          tool_calls: [{ id: '89991234567', type: 'function', function: { name: 'ann', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: '89991234567', content: '89991234567' },
      ],
    });
    expect(chat.tools).toEqual([
      { type: 'function', function: { name: 'mail_bob', description: 'for bob@example.com' } },
    ]);
    expect(chat.messages).toEqual([
      { role: 'user', name: 'Ann', content: 'ask [NAME_1]' },
      {
        role: 'assistant',
        tool_calls: [{ id: '89991234567', type: 'function', function: { name: 'ann', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: '89991234567', content: expect.stringMatching(/^\[(PHONE|SNILS)_1\]$/) },
    ]);
  });

  it('keeps arguments valid, and everything in them that is not masked as it was written', () => {
    const { chat } = mask({
      model: 'm',
      messages: [
        {
          role: 'assistant',
          tool_calls: [
            {
              id: 'a',
              function: {
                name: 'f',
                arguments: '{ "to":"\\u0418ван Петров", "id" : 12345678901234567890, "tel":+1, "n": 1e400 }',
              },
            },
            {
              id: 'b',
              function: { name: 'f', arguments: '{ "to":"\\u0418ван Петров", "big" : 1e400, "tel": 79991234567 }' },
            },
            { id: 'c', function: { name: 'f', arguments: '{"quote":"say \\"O\\"Neil & Сыновья\\"", "x": "\\n"}' } },
          ],
        },
      ],
    });
    const given = chat.messages[0]?.tool_calls?.map((call) => call.function?.arguments);
    expect(given).toEqual([
      '{ "to":"[NAME_1]", "id" : 12345678901234567890, "tel":+1, "n": 1e400 }',
      '{ "to":"[NAME_1]", "big" : 1e400, "tel": "[PHONE_1]" }',
      '{"quote":"say \\"[NAME_2]\\"", "x": "\\n"}',
    ]);
  });

  it('looks into documents of every shape, and keeps what is harmless in them as it is', () => {
    const harmless = { id: 'doc-1', data: { title: 'Tides', pages: 12 } };
    const { chat, vault } = mask({
      ...chatWith('x', '{}'),
      documents: ['Ann wrote it', harmless, { 'bob@example.com': { tel: 79991234567, id: 12 } }, null],
    });
    expect(chat.documents).toEqual([
      '[NAME_1] wrote it',
      harmless,
      { '[EMAIL_1]': { tel: '[PHONE_1]', id: 12 } },
      null,
    ]);
    expect(vault.restore('[PHONE_1] of [NAME_1]')).toBe('79991234567 of Ann');
    expect(mask({ ...chatWith('x', '{}'), documents: 'none' }).chat.documents).toBe('none');
  });

  it('names the same value the same over all of its parts, and never as the chat itself says', () => {
    const { chat } = mask({
      model: 'm',
      messages: [
        { role: 'system', content: 'Ann is ann@example.com' },
        { role: 'user', content: 'write to ann@example.com' },
      ],
      tools: [
        { type: 'function', function: { name: 'f', parameters: { properties: { email_1: { type: 'string' } } } } },
      ],
    });
    expect(chat.messages.map(({ content }) => content)).toEqual(['[NAME_1] is [EMAIL_2]', 'write to [EMAIL_2]']);
  });

  it('numbers the beginning of a conversation in the next turn as in this one', () => {
    const first = [{ role: 'user', content: 'I am bob@example.com' }];
    const next = [
      ...first,
      { role: 'assistant', content: 'Hi bob@example.com' },
      { role: 'user', content: 'cc ann@example.com' },
    ];
    const beginning = mask({ model: 'm', messages: first }).chat.messages;
    expect(mask({ model: 'm', messages: next }).chat.messages.slice(0, 1)).toEqual(beginning);
  });

  it('keeps numbers of metadata that keep their text', () => {
    const metadata: unknown = parseOpaqueJson('{"share":0.10,"note":"bob@example.com","rate":1.0}');
    const { chat } = mask({ model: 'm', messages: [{ role: 'user', content: 'Hi' }], metadata });
    expect(JSON.stringify(chat.metadata)).toBe('{"share":0.10,"rate":1.0}');
  });

  it('leaves out what would name the end user to the provider, and only that', () => {
    const { chat } = mask(chatWith('bob@example.com', '{}'));
    expect(chat).not.toHaveProperty('user');
    expect(chat.metadata).toEqual({ team: 'a' });
    expect(mask({ ...chatWith('x', '{}'), user: 'u-1', safety_identifier: 's-1' }).chat).toMatchObject({
      user: 'u-1',
      safety_identifier: 's-1',
    });
  });

  it('leaves signed thoughts as they are, and omits them if they would reveal something', () => {
    const detailsOf = (text: string) => [
      { type: 'reasoning.text', text, signature: 's', format: 'anthropic-claude-v1' },
    ];
    const masked = (text: string) =>
      mask({ model: 'm', messages: [{ role: 'assistant', content: 'ok', reasoning_details: detailsOf(text) }] }).chat;
    expect(masked('write to [EMAIL_1]').messages[0]?.reasoning_details).toEqual(detailsOf('write to [EMAIL_1]'));
    expect(masked('write to bob@example.com').messages[0]).toEqual({ role: 'assistant', content: 'ok' });
  });
});
