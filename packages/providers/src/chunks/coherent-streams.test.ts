import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { OpenAiChatStream } from '../openai/stream.ts';
import { adapterFor } from '../registry.ts';
import { splitChunk } from './split-chunk.ts';

const head = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm' };
const { chat } = adapterFor('OpenAICompatible');

interface Call {
  readonly index: number;
  readonly id?: string;
  readonly function: { readonly name?: string; readonly arguments?: string };
}
interface Chunk {
  readonly id: string;
  readonly choices: readonly {
    readonly index: number;
    readonly delta: { role?: string; content?: string; reasoning_content?: string; tool_calls?: Call[] };
    readonly finish_reason: string | null;
  }[];
  readonly usage?: unknown;
}

/** Chunks that the client gets for these choices of the provider's chunks. */
function relay(chunks: readonly (readonly object[])[], more: object = {}, choiceCount = 1): Chunk[] {
  const stream = chat.createStream({ includeUsage: true, choiceCount });
  const events = chunks.map((choices) => JSON.stringify({ ...head, choices, ...more }));
  const texts = [...events.flatMap((event) => stream.push(event)), ...stream.push('[DONE]')];
  const end = stream.end();
  return [...texts.map((text) => JSON.parse(text)), ...(end === null ? [] : [JSON.parse(JSON.stringify(end))])];
}

const deltasOf = (chunks: readonly Chunk[]) => chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta));
const callsOf = (chunks: readonly Chunk[]) => deltasOf(chunks).flatMap((delta) => delta.tool_calls ?? []);
const finishesOf = (chunks: readonly Chunk[]) =>
  chunks.flatMap(({ choices }) => choices.flatMap(({ finish_reason: reason }) => reason ?? []));
const call = (fields: object, name?: string, args?: string | null) => ({
  delta: {
    tool_calls: [{ ...fields, function: { ...(name && { name }), ...(args !== undefined && { arguments: args }) } }],
  },
});

describe('a stream of a loose server', () => {
  it('has {} for a call without arguments, before the next call and before the end (D15)', () => {
    const chunks = relay([
      [call({ index: 0, id: 'a', type: 'function' }, 'now', '')],
      [call({ index: 1, id: 'b', type: 'function' }, 'then', null)],
      [{ delta: {}, finish_reason: 'tool_calls' }],
    ]);
    const joined = [0, 1].map((index) =>
      callsOf(chunks)
        .filter((one) => one.index === index)
        .map((one) => one.function.arguments ?? '')
        .join(''),
    );
    expect(joined).toEqual(['{}', '{}']);
    expect(callsOf(chunks).map(({ index }) => index)).toEqual([0, 0, 1, 1]);
  });

  it('has a name, an id and a type once in each call, in its first fragment (D53)', () => {
    const fragment = (args: string) => call({ index: 0, id: 'c1', type: 'function' }, 'weather', args);
    const calls = callsOf(relay([[fragment('{"ci')], [fragment('ty":"Br')], [fragment('no"}')]]));
    expect(calls).toEqual([
      { index: 0, id: 'c1', type: 'function', function: { name: 'weather', arguments: '{"ci' } },
      { index: 0, function: { arguments: 'ty":"Br' } },
      { index: 0, function: { arguments: 'no"}' } },
    ]);
  });

  it('ends with tool_calls if it has a call, for each choice (D27)', () => {
    const of = (index: number, reason: string | null, more: object) => ({ index, finish_reason: reason, ...more });
    const named = call({ index: 0, id: 'c1', type: 'function' }, 'weather', '{}');
    const chunks = relay(
      [
        [of(0, null, named)],
        [of(1, null, { delta: { content: 'a' } })],
        [of(0, 'stop', { delta: {} })],
        [of(1, 'stop', { delta: {} })],
      ],
      {},
      2,
    );
    expect(finishesOf(chunks)).toEqual(['tool_calls', 'stop']);
  });

  it('has one call in each chunk, and the finish reason alone (C-S2)', () => {
    const calls = ['a', 'b', 'c'].map((id, index) => ({
      index,
      id,
      type: 'function',
      function: { name: 'f', arguments: '{}' },
    }));
    const chunks = relay([
      [
        {
          index: 0,
          delta: { role: 'assistant', content: 'x', reasoning_content: 'y', tool_calls: calls },
          finish_reason: 'tool_calls',
        },
      ],
    ]);
    expect(deltasOf(chunks)).toEqual([
      { role: 'assistant', reasoning_content: 'y' },
      { content: 'x' },
      ...calls.map((one) => ({ tool_calls: [one] })),
      {},
    ]);
  });
});

describe('a plain answer of a loose server', () => {
  const read = (message: object, reason: string) =>
    Object(chat.fromResponse(JSON.stringify({ choices: [{ index: 0, message, finish_reason: reason }] })).body)
      .choices[0];

  it.each([[''], [null], [undefined], [{}]])('has {} for arguments that are %j (D15)', (args) => {
    const named = {
      id: 'c1',
      type: 'function',
      function: { name: 'now', ...(args !== undefined && { arguments: args }) },
    };
    const { message, finish_reason: reason } = read({ content: null, tool_calls: [named] }, 'stop');
    expect(message.tool_calls[0].function.arguments).toBe('{}');
    expect(reason).toBe('tool_calls');
  });

  it('keeps another finish reason beside a call', () => {
    expect(
      read({ content: null, tool_calls: [{ function: { name: 'f', arguments: '{' } }] }, 'length').finish_reason,
    ).toBe('length');
  });
});

describe('any stream', () => {
  const text = fc.string({ maxLength: 4 });
  const fragment = fc.record(
    {
      index: fc.constantFrom(0, 0, 1, null),
      id: fc.constantFrom('a', 'b', ''),
      function: fc.record(
        { name: fc.constantFrom('f', 'g', ''), arguments: fc.constantFrom('', '{', '}', null) },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: ['function'] },
  );
  const delta = fc.record(
    {
      role: fc.constant('assistant'),
      content: fc.option(text),
      reasoning: text,
      reasoning_content: text,
      tool_calls: fc.array(fragment, { maxLength: 3 }),
    },
    { requiredKeys: [] },
  );
  const choice = fc.record(
    {
      index: fc.constantFrom(0, 0, 0, 1),
      delta: fc.option(delta),
      finish_reason: fc.constantFrom(null, null, null, '', 'stop', 'length'),
    },
    { requiredKeys: ['delta'] },
  );
  const chunk = fc.record(
    {
      id: fc.constantFrom('c1', 'c2'),
      choices: fc.array(choice, { maxLength: 2 }),
      usage: fc.constantFrom(null, { prompt_tokens: 1, completion_tokens: 1 }),
    },
    { requiredKeys: ['id', 'choices'] },
  );

  it('has one id, a role first and once, one call in a chunk, a finish once and alone, and nothing behind it', () => {
    fc.assert(
      fc.property(fc.array(chunk, { minLength: 1, maxLength: 8 }), (sent) => {
        const finals = [0, 1].map((index) => ({ id: 'c1', choices: [{ index, delta: {}, finish_reason: 'stop' }] }));
        const stream = chat.createStream({ includeUsage: true, choiceCount: 2 });
        const texts = [...sent, ...finals].flatMap((one) => stream.push(JSON.stringify(one)));
        const chunks: Chunk[] = [...texts, ...stream.push('[DONE]'), JSON.stringify(stream.end())].map((one) =>
          JSON.parse(one),
        );
        expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
        for (const index of [0, 1]) {
          const own = chunks.flatMap(({ choices }) => choices.filter((one) => one.index === index));
          const roles = own.map((one) => one.delta.role);
          expect(roles.slice(1).every((role) => role === undefined)).toBe(true);
          expect(roles[0]).toBe('assistant');
          const ends = own.flatMap((one) => one.finish_reason ?? []);
          expect(ends).toHaveLength(1);
          expect(own.at(-1)?.finish_reason).toBe(ends[0]);
          for (const { delta: said } of own) expect((said.tool_calls ?? []).length).toBeLessThanOrEqual(1);
        }
        for (const one of chunks) expect(splitChunk({ ...one })).toBeNull();
        expect(chunks.at(-1)).toMatchObject({ choices: [] });
        expect(chunks.slice(0, -1).every(({ choices, usage }) => choices.length <= 1 && (usage ?? null) === null)).toBe(
          true,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('is read the same by the short way for plain text and by the way for all chunks', () => {
    const plain = fc.record({
      id: fc.constantFrom('c1', 'c1', 'c1', 'c2'),
      object: fc.constant('chat.completion.chunk'),
      choices: fc.tuple(
        fc.record({
          index: fc.constantFrom(0, 0, 0, 1),
          delta: fc.oneof({ weight: 4, arbitrary: fc.record({ content: text }) }, { weight: 1, arbitrary: delta }),
          finish_reason: fc.constantFrom(null, null, null, null, 'stop'),
        }),
      ),
      usage: fc.constantFrom(null, null, null, { prompt_tokens: 1, completion_tokens: 1 }),
    });
    const space = fc.constantFrom(undefined, undefined, undefined, 1);
    const events = fc.array(fc.tuple(fc.oneof({ weight: 4, arbitrary: plain }, chunk), space), { maxLength: 12 });
    // A stream that may cut its chunks reads each of them by the way for all.
    const cutChunk = (_chunk: unknown, one: string) => one;
    fc.assert(
      fc.property(events, fc.boolean(), (sent, isLoose) => {
        const options = { includeUsage: true, choiceCount: 2 };
        const [short, full] = [{ isLoose }, { isLoose, cutChunk }].map((changes) => {
          const stream = new OpenAiChatStream(options, changes);
          const steps = sent.map(([one, indent]) => {
            const out = stream.push(JSON.stringify(one, null, indent));
            const { isComplete, hasLife, usage, outputCharacters, malformedEvents, error } = stream;
            return { out, isComplete, hasLife, usage, outputCharacters, malformedEvents, error };
          });
          return [...steps, stream.push('[DONE]'), stream.end()];
        });
        expect(short).toEqual(full);
      }),
      { numRuns: 2000 },
    );
  });

  it('in OpenAI’s own form passes as the very text that came', () => {
    const texts = [
      { role: 'assistant', content: '', refusal: null },
      { content: 'a' },
      { tool_calls: [{ index: 0, id: 'x', type: 'function', function: { name: 'f', arguments: '' } }] },
      { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
    ].map((said) =>
      JSON.stringify({ ...head, choices: [{ index: 0, delta: said, logprobs: null, finish_reason: null }] }),
    );
    for (const type of ['OpenAI', 'OpenAICompatible'] as const) {
      const stream = adapterFor(type).chat.createStream({ includeUsage: false });
      expect(texts.flatMap((one) => stream.push(one))).toEqual(texts);
    }
  });
});
