import { describe, expect, it } from '@jest/globals';
import { ChunkRepair } from './repair-chunks.ts';
import { OpenAiChatStream } from './stream.ts';

const head = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm' };

/** Chunks with these deltas, repaired. */
function repair(...deltas: unknown[]) {
  const repairs = new ChunkRepair();
  return deltas.map((delta) => {
    const chunk = { ...head, choices: [{ index: 0, delta, finish_reason: null }] };
    const isChanged = repairs.repair(chunk);
    return { isChanged, delta: chunk.choices[0]?.delta };
  });
}

const call = (fields: object, name?: string, given?: unknown) => ({
  tool_calls: [{ ...fields, function: { ...(name && { name }), ...(given !== undefined && { arguments: given }) } }],
});
const numbersOf = (repaired: ReturnType<typeof repair>) =>
  repaired.map(({ delta }) => Object(delta).tool_calls[0].index);
const idsOf = (repaired: ReturnType<typeof repair>) => repaired.map(({ delta }) => Object(delta).tool_calls[0].id);

describe('the chunks of a loose server', () => {
  it('stay as they are where nothing is wrong', () => {
    const sound = [
      { role: 'assistant', content: '' },
      { content: 'a' },
      { reasoning_content: 'b' },
      call({ index: 0, id: 'x', type: 'function' }, 'f', ''),
      call({ index: 0 }, undefined, '{}'),
      call({ index: 1, id: 'y', type: 'function' }, 'f', '{}'),
      {},
    ];
    expect(repair(...structuredClone(sound))).toEqual(sound.map((delta) => ({ isChanged: false, delta })));
  });

  it('have their calls numbered where the server does not number them, by id', () => {
    const repaired = repair(
      call({ id: 'x', type: 'function' }, 'f', '{"a"'),
      call({}, undefined, ':1}'),
      call({ id: 'y', type: 'function' }, 'f', '{}'),
      call({ id: 'y' }, undefined, ' '),
    );
    expect(numbersOf(repaired)).toEqual([0, 0, 1, 1]);
  });

  it('have their calls separated if the server numbers each 0', () => {
    const repaired = repair(
      call({ index: 0, id: 'x', type: 'function' }, 'f', '{}'),
      call({ index: 0, id: 'y', type: 'function' }, 'f', '{"b"'),
      call({ index: 0 }, undefined, ':2}'),
    );
    expect(numbersOf(repaired)).toEqual([0, 1, 1]);
  });

  it('have ids where the server has none, each its own, and a name begins a call', () => {
    const repaired = repair(call({}, 'f', '{}'), call({}, 'g', '{"b"'), call({}, undefined, ':2}'));
    expect(numbersOf(repaired)).toEqual([0, 1, 1]);
    expect(idsOf(repaired)).toEqual(['call_c1_0_0', 'call_c1_0_1', undefined]);
  });

  it('continue the call of their number if the server repeats the name', () => {
    expect(
      numbersOf(repair(call({ index: 0 }, 'f', '{'), call({ index: 0 }, 'f', '}'), call({ index: 1 }, 'f', '{}'))),
    ).toEqual([0, 0, 1]);
  });

  it('carry arguments as text, a delta as an object, and reasoning under one word', () => {
    const [given, none, nothing, thought] = repair(
      call({ index: 0, id: 'x', type: 'function' }, 'f', { city: 'Brno' }),
      call({ index: 0 }, undefined, null),
      null,
      { reasoning: 'Hm.' },
    );
    expect(Object(given?.delta).tool_calls[0].function.arguments).toBe('{"city":"Brno"}');
    expect(Object(none?.delta).tool_calls[0].function.arguments).toBe('');
    expect(nothing?.delta).toEqual({});
    expect(thought?.delta).toEqual({ reasoning_content: 'Hm.' });
  });

  it('carry blocks of thought and text as two texts', () => {
    const thinking = [
      { type: 'text', text: 'H' },
      { type: 'text', text: 'm.' },
    ];
    const [both] = repair({
      content: [{ type: 'thinking', thinking }, { type: 'text', text: 'Hello' }, { type: 'odd' }, 7],
    });
    expect(both?.delta).toEqual({ content: 'Hello', reasoning_content: 'Hm.' });
  });

  it('are numbered within bounds, however many calls a server makes up', () => {
    const repairs = new ChunkRepair();
    const given = Array.from({ length: 2000 }, (_, index) => ({ id: `id-${index}`, function: { name: 'f' } }));
    const chunk = { ...head, choices: [{ index: 0, delta: { tool_calls: given } }] };
    repairs.repair(chunk);
    expect(Math.max(...given.map((one) => Object(one).index))).toBe(1023);
  });
});

describe('a stream of a loose server', () => {
  const run = (events: readonly object[], isLoose: boolean) => {
    const stream = new OpenAiChatStream({ includeUsage: false }, { isLoose });
    return { stream, sent: events.flatMap((event) => stream.push(JSON.stringify(event))) };
  };
  const right = { ...head, choices: [{ index: 0, delta: { role: 'assistant', content: 'a' }, finish_reason: null }] };

  it('is forwarded as the very text that came wherever it is right', () => {
    expect(run([right], true).sent).toEqual([JSON.stringify(right)]);
  });

  it('is repaired for this server alone', () => {
    const loose = { id: 'c1', choices: [{ delta: { role: 'assistant', reasoning: 'Hm.' }, finish_reason: '' }] };
    expect(run([loose], false).sent).toEqual([JSON.stringify(loose)]);
    expect(run([loose], true).sent.map((text) => JSON.parse(text))).toEqual([
      {
        id: 'c1',
        object: 'chat.completion.chunk',
        choices: [{ index: 0, delta: { role: 'assistant', reasoning_content: 'Hm.' }, finish_reason: null }],
      },
    ]);
    expect(run([loose], true).stream.outputCharacters).toBe(3);
  });

  it('fails where a choice says that the model broke off', () => {
    const broken = { ...head, choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }] };
    const { stream, sent } = run([right, broken, right], true);
    expect(sent).toHaveLength(1);
    expect(stream).toMatchObject({ isComplete: false, error: { code: 'upstream_error', isRetryable: true } });
    expect(stream.end()).toBeNull();
  });
});
