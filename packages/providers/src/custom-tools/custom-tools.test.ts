import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { adapterFor } from '../registry.ts';
import { InputReader } from './input-reader.ts';
import { withCustomTools } from './with-custom-tools.ts';

const grammar = { syntax: 'lark', definition: 'start: "*** Begin Patch"' };
const patch = {
  type: 'custom',
  custom: { name: 'apply_patch', description: 'Edits.', format: { type: 'grammar', grammar } },
};
const look = { type: 'function', function: { name: 'look', parameters: { type: 'object' } } };
const called = { id: 'call_1', type: 'custom', custom: { name: 'apply_patch', input: 'a\n"b" 🦊' } };
const asked = {
  model: 'm',
  messages: [
    { role: 'user' as const, content: 'Go' },
    { role: 'assistant' as const, content: null, tool_calls: [called] },
    { role: 'tool' as const, tool_call_id: 'call_1', content: 'done' },
  ],
  tools: [patch, look],
  tool_choice: { type: 'custom', custom: { name: 'apply_patch' } },
};
const target = {
  ...{ baseUrl: 'https://provider.example/v1', credential: 'c', model: 'm', maxOutputTokens: 1000, attemptId: 'a/1' },
  options: {},
};
const translated = withCustomTools(adapterFor('OpenAICompatible').chat, asked);
const args = (input: string) => JSON.stringify({ input });
const callOf = (name: string, text: string) => ({
  index: 0,
  id: 'call_1',
  type: 'function',
  function: { name, arguments: text },
});

describe('custom tools for a provider without them', () => {
  it('C-F2: go out as functions with one string, in tools, choice and history', () => {
    const body = JSON.parse(translated.toRequest(asked, target).body);

    expect(body.tools).toMatchObject([
      {
        type: 'function',
        function: {
          name: 'apply_patch',
          description: `Edits.\n\nThe input must match this grammar (lark):\n${grammar.definition}`,
          parameters: { properties: { input: { type: 'string' } }, required: ['input'] },
        },
      },
      look,
    ]);
    expect(body.tool_choice).toEqual({ type: 'function', function: { name: 'apply_patch' } });
    expect(body.messages[1].tool_calls).toEqual([
      { id: 'call_1', type: 'function', function: { name: 'apply_patch', arguments: args(called.custom.input) } },
    ]);
  });

  it.each(['Anthropic', 'Gemini', 'Cohere', 'OpenRouter', 'Yandex', 'OpenAICompatible'] as const)(
    'C-F2: are taken by %s',
    (type) => {
      const { chat } = adapterFor(type);
      const options = { ...target, options: { folder: 'f' } };

      expect(() => chat.toRequest(asked, options)).toThrow(expect.objectContaining({ code: 'unsupported_parameter' }));
      expect(withCustomTools(chat, asked).toRequest(asked, options).body).toContain('apply_patch');
    },
  );

  it('C-F2: are called as such in a plain answer; a text that is not the form is the input itself', () => {
    const read = (text: string) => {
      const message = {
        role: 'assistant',
        content: null,
        tool_calls: [callOf('apply_patch', text), callOf('look', '{}')],
      };
      const choices = [{ index: 0, message, finish_reason: 'tool_calls' }];
      const { body } = translated.fromResponse(JSON.stringify({ id: 'x', model: 'm', choices }));
      return body.choices;
    };

    expect(read(args('a"b'))).toMatchObject([
      {
        message: {
          tool_calls: [
            { id: 'call_1', type: 'custom', custom: { name: 'apply_patch', input: 'a"b' } },
            { type: 'function' },
          ],
        },
      },
    ]);
    expect(read('*** Begin')).toMatchObject([{ message: { tool_calls: [{ custom: { input: '*** Begin' } }, {}] } }]);
  });

  it('C-F2: are called as such in a stream, piece by piece', () => {
    const stream = translated.createStream({ includeUsage: false });
    const chunk = (delta: object, finish_reason: string | null = null) =>
      JSON.stringify({
        id: 'x',
        object: 'chat.completion.chunk',
        model: 'm',
        choices: [{ index: 0, delta, finish_reason }],
      });
    const more = (text: string) => ({ tool_calls: [{ index: 0, function: { arguments: text } }] });
    const texts = [
      chunk({ role: 'assistant', tool_calls: [callOf('apply_patch', '')] }),
      ...['{"inp', 'ut": "a\\', 'nb \\ud83e', '\\udd8a', '"}'].map((text) => chunk(more(text))),
      chunk({}, 'tool_calls'),
    ].flatMap((text) => stream.push(text));
    const deltas = texts.flatMap((text) => JSON.parse(text).choices[0].delta.tool_calls ?? []);

    expect(deltas[0]).toEqual({ index: 0, id: 'call_1', type: 'custom', custom: { name: 'apply_patch', input: '' } });
    expect(deltas.map(({ custom }) => custom.input).join('')).toBe('a\nb 🦊');
    expect(deltas.every((delta) => delta.function === undefined)).toBe(true);
  });

  it('changes nothing for a request without them, or a provider that has them', () => {
    const { chat } = adapterFor('Anthropic');

    expect(withCustomTools(chat, { ...asked, messages: [{ role: 'user', content: 'Hi' }], tools: [look] })).toBe(chat);
    expect(withCustomTools(adapterFor('OpenAI').chat, asked)).toBe(adapterFor('OpenAI').chat);
  });
});

describe('InputReader', () => {
  it('returns the text, however its JSON is cut', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.boolean(),
        fc.integer({ min: 1, max: 7 }),
        (input, isEscaped, step) => {
          const json = args(input);
          const text = isEscaped
            ? json.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
            : json;
          const reader = new InputReader();
          let read = '';
          for (let at = 0; at < text.length; at += step) read += reader.push(text.slice(at, at + step));
          expect(read).toBe(input);
        },
      ),
    );
  });
});
