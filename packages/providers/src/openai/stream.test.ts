import { describe, expect, it } from '@jest/globals';
import { OpenAiChatStream } from './stream.ts';

const head = { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'm' };
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 };
const counters = { inputUncached: 3, outputText: 2 };

const text = (content: string, index = 0) => JSON.stringify({ ...head, choices: [{ index, delta: { content } }] });
const finish = (index = 0, more: object = {}) =>
  JSON.stringify({ ...head, choices: [{ index, delta: {}, finish_reason: 'stop' }], ...more });
const usageChunk = (more: object = {}) => JSON.stringify({ ...head, choices: [], usage: { ...usage, ...more } });

/** A stream that has begun as OpenAI's do: with the role of each choice. `sent` is what follows. */
function run(events: readonly string[], includeUsage: boolean, choiceCount = 1) {
  const stream = new OpenAiChatStream({ includeUsage, choiceCount });
  for (let index = 0; index < choiceCount; index += 1) {
    stream.push(JSON.stringify({ ...head, choices: [{ index, delta: { role: 'assistant', content: '' } }] }));
  }
  const sent = [...events.flatMap((event) => stream.push(event)), ...stream.release()];
  return { stream, sent, end: stream.end() };
}

describe('a stream of the same dialect', () => {
  it('is forwarded as the very text that came, spacing and unknown fields included', () => {
    const odd =
      '{ "id":"c1", "choices" : [ {"index":0, "delta":{"content":"a"}, "novel": 1.0} ],\t"object":"chat.completion.chunk"}';
    expect(run([odd], false).sent).toEqual([odd]);
    expect(run([odd], false).sent[0]).toBe(odd);
  });

  it('keeps the last finish reason for the end, so that additions can go into it', () => {
    const { sent, end, stream } = run([text('a'), finish(), usageChunk(), '[DONE]'], false);
    expect(sent).toEqual([text('a')]);
    expect(end).toEqual(JSON.parse(finish()));
    expect(stream.usage).toEqual(counters);
  });

  it('keeps the usage chunk instead where the client asked for it', () => {
    const { sent, end } = run([text('a'), finish(), usageChunk(), '[DONE]'], true);
    expect(sent).toEqual([text('a'), finish()]);
    expect(end).toEqual(JSON.parse(usageChunk()));
  });

  it('makes the usage chunk that a client waits for where the provider sends none', () => {
    const { sent, end, stream } = run([text('a'), finish()], true);
    expect(sent).toEqual([text('a'), finish()]);
    expect(end).toEqual({ ...head, choices: [], usage: null });
    expect(stream.usage).toBeNull();
  });

  it('reads usage that comes with the finish reason, and shows it to none but who asked', () => {
    const last = finish(0, { usage });
    const { end, stream } = run([text('a'), last], false);
    expect(end).toEqual({ ...JSON.parse(last), usage: null });
    expect(stream.usage).toEqual(counters);
  });

  it('sends usage that comes with the finish reason in a separate chunk, which has no choices', () => {
    const last = finish(0, { usage });
    const { sent, end, stream } = run([text('a'), last], true);
    expect(sent.map((chunk) => JSON.parse(chunk))).toEqual([
      JSON.parse(text('a')),
      { ...JSON.parse(last), usage: null },
    ]);
    expect(end).toEqual({ ...head, choices: [], usage });
    expect(stream.usage).toEqual(counters);
  });

  it('takes the later usage if it is reported twice, and shows it once', () => {
    const twice = [text('a'), finish(), usageChunk({ completion_tokens: 1 }), usageChunk()];
    expect(run(twice, true)).toMatchObject({
      sent: [text('a'), finish()],
      end: { usage },
      stream: { usage: counters },
    });
    const onBoth = [text('a'), finish(0, { usage }), usageChunk()];
    const result = run(onBoth, true);
    expect(result.sent).toEqual([text('a'), finish(0, { usage: null })]);
    expect(result.end).toMatchObject({ choices: [], usage });
  });

  it.each([
    ['the last choice', { choices: [{ index: 0, delta: {}, finish_reason: 'stop', usage }] }],
    ['x_groq', { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], x_groq: { id: 'g', usage } }],
    ['x_groq of a chunk without choices', { choices: [], x_groq: { id: 'g', usage } }],
  ])('D03: reads usage in %s, and shows it once, in a separate chunk', (_place, fields) => {
    const last = JSON.stringify({ ...head, ...fields });
    const { sent, stream, end } = run([text('a'), finish(), last], true);

    expect(stream.usage).toEqual(counters);
    expect(sent.filter((chunk) => chunk.includes('prompt_tokens'))).toEqual([]);
    expect(end).toMatchObject({ choices: [], usage });
  });

  it('reports all figures where they contradict each other', () => {
    const wrong = { prompt_tokens: 10, completion_tokens: 4, completion_tokens_details: { reasoning_tokens: 9 } };
    const { stream } = run([text('a'), finish(), JSON.stringify({ ...head, choices: [], usage: wrong })], false);

    expect(stream).toMatchObject({ usage: { outputReasoning: 4 }, reportedUsage: { outputReasoning: 9 } });
  });

  it('withholds running usage on every chunk, and sends the last of it at the end to a client that asked', () => {
    const running = (completion_tokens: number) =>
      JSON.stringify({ ...JSON.parse(text('a')), usage: { ...usage, completion_tokens } });
    const plain = { ...JSON.parse(text('a')), usage: null };
    for (const includeUsage of [true, false]) {
      const { sent, end } = run([running(1), running(2), finish()], includeUsage);
      expect(sent.slice(0, 2).map((chunk) => JSON.parse(chunk))).toEqual([plain, plain]);
      expect(end).toEqual(includeUsage ? { ...head, choices: [], usage } : JSON.parse(finish()));
    }
  });

  it('keeps the usage that it has where the next is none', () => {
    const { end, stream } = run([finish(0, { usage }), JSON.stringify({ usage: { prompt_tokens: -1 } })], false);
    expect(stream.usage).toEqual(counters);
    expect(end).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });

  it('keeps a reported zero, and takes invalid numbers for unknown', () => {
    const zero = usageChunk({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 });
    expect(run([text('a'), finish(), zero], false).stream.usage).toEqual({ inputUncached: 0, outputText: 0 });
    expect(run([text('a'), finish(), usageChunk({ prompt_tokens: -1 })], false).stream.usage).toBeNull();
  });

  it('is whole when every choice has its finish reason, begun one after the other or mixed', () => {
    const serial = [text('a'), finish(0), text('b', 1), finish(1), usageChunk()];
    const { stream, sent, end } = run(serial, false, 2);
    expect(stream.isComplete).toBe(true);
    expect([...sent, JSON.stringify(end)].sort()).toEqual(serial.slice(0, 4).sort());
    expect(run([text('a'), finish(0)], false, 2).stream.isComplete).toBe(false);
    expect(run([text('a'), text('b', 1), finish(1)], false).stream.isComplete).toBe(false);
    expect(run(serial, false).sent).toHaveLength(3);
  });

  it('cuts a repeated role out of the text, and leaves the rest of it as it came', () => {
    const repeated = '{"id":"c1","choices":[{"index":0,"delta":{"role":"assistant","content":"a"},"novel":1.50}]}';
    expect(run([repeated], false).sent).toEqual([repeated.replace('"role":"assistant",', '')]);
  });

  it('reads an event whose JSON spans several lines, and sends it on one line', () => {
    for (const lineEnd of ['\n', '\r', '\r\n']) {
      const spread = (event: string) => JSON.stringify(JSON.parse(event), null, 1).replaceAll('\n', lineEnd);
      const { sent, end } = run([text('a'), text('b\n'), finish(), usageChunk()].map(spread), true);
      expect(sent.join('')).not.toMatch(/[\r\n]/);
      expect(sent.map((chunk) => JSON.parse(chunk))).toEqual(
        [text('a'), text('b\n'), finish()].map((one) => JSON.parse(one)),
      );
      expect(end).toEqual(JSON.parse(usageChunk()));
    }
  });

  it('ends in nothing while a choice is still open, also if chunks were kept back', () => {
    expect(run([text('a'), finish(0), text('b', 1)], false).end).toBeNull();
    expect(run([text('a'), usageChunk()], true).end).toBeNull();
  });

  it('sends on what comes after the finish reason, before it', () => {
    const moderation = JSON.stringify({ ...head, choices: [], moderation: {} });
    const { sent, end } = run([text('a'), finish(), moderation, text('b')], false);
    expect(sent).toEqual([text('a'), moderation, text('b')]);
    expect(end).toEqual(JSON.parse(finish()));
  });

  it('takes a stream without a role chunk, without indexes and with empty finish reasons', () => {
    const bare = (content: string, finish_reason: string) =>
      JSON.stringify({ choices: [{ delta: { content }, finish_reason }] });
    const { stream } = run([bare('a', ''), bare('', 'stop')], false);
    expect(stream).toMatchObject({ isComplete: true, hasLife: true, outputCharacters: 1 });
  });

  it('counts reasoning once where a server says it under two names', () => {
    const both = { choices: [{ index: 0, delta: { reasoning: 'abc', reasoning_content: 'abc' } }] };
    expect(run([JSON.stringify(both)], false).stream).toMatchObject({ hasLife: true, outputCharacters: 3 });
  });

  it('drops and counts what is no chunk', () => {
    const junk = [
      'x',
      '7',
      '[]',
      'null',
      '{}',
      '{"choices":{}}',
      '{"choices":[7]}',
      '{"choices":[{"index":-1}]}',
      '{"choices":[{"index":1e9}]}',
    ];
    const { stream, sent } = run([...junk, '', ' '], false);
    expect(sent).toEqual([]);
    expect(stream.malformedEvents).toBe(junk.length);
  });

  describe.each([true, false])('that is not coherent (usage asked for: %s)', (includeUsage) => {
    /** Every chunk of the stream, the last one included. */
    const chunksOf = (events: readonly string[], choiceCount = 1) => {
      const stream = new OpenAiChatStream({ includeUsage, choiceCount });
      const sent = [...events.flatMap((event) => stream.push(event)), ...stream.release()];
      const last = stream.end();
      const chunks = [...sent.map((one) => JSON.parse(one)), ...(last === null ? [] : [last])];
      const choices = chunks.flatMap((chunk) => chunk.choices);
      return {
        ids: [...new Set(chunks.map(({ id }) => id))],
        roles: choices.flatMap(({ delta }) => delta.role ?? []),
        text: choices.map(({ delta }) => delta.content ?? '').join(''),
        finishReasons: choices.flatMap(({ finish_reason: reason }) => reason ?? []),
        lastChoice: choices.at(-1),
        stream,
      };
    };
    const sloppy = (id: string, delta: object, finish_reason: string | null = null, index = 0) =>
      JSON.stringify({ ...head, id, choices: [{ index, delta, finish_reason }] });
    const one = { ids: ['c1'], roles: ['assistant'], text: 'ab', finishReasons: ['stop'] };

    it.each([
      ['a finish reason three times', [text('ab'), finish(), finish(), finish()]],
      [
        'a role in every chunk',
        ['a', 'b'].map((content) => sloppy('c1', { role: 'assistant', content })).concat(finish()),
      ],
      ['no role', [text('a'), text('b'), finish()]],
      [
        'another id in every chunk',
        [sloppy('c1', { content: 'a' }), sloppy('c2', { content: 'b' }), sloppy('c3', {}, 'stop')],
      ],
      ['text after the finish reason', [text('a'), finish(), text('b')]],
      ['text beside and after the finish reason', [sloppy('c1', { content: 'a' }, 'stop'), text('b')]],
      ['a finish reason beside each text', ['a', 'b'].map((content) => sloppy('c1', { content }, 'stop'))],
      ['text after the usage', [text('a'), finish(), usageChunk(), text('b'), finish()]],
    ])('has one id, one role and one finish reason at its end: %s', (_, events) => {
      for (const end of [[usageChunk()], [usageChunk(), '[DONE]'], []]) {
        const result = chunksOf([...events, ...end]);
        expect(result).toMatchObject(one);
        expect(result.lastChoice).toMatchObject({ finish_reason: 'stop' });
        expect(result.stream).toMatchObject({ isComplete: true, outputCharacters: 2, malformedEvents: 0 });
      }
    });

    it('has them for each choice', () => {
      const both = [0, 1].flatMap((index) =>
        ['a', 'b'].map((content) => sloppy('c1', { role: 'assistant', content }, null, index)),
      );
      const {
        roles,
        finishReasons,
        text: said,
      } = chunksOf([...both, finish(0), text('late'), finish(0), finish(1)], 2);
      expect({ roles, finishReasons, said }).toEqual({
        roles: ['assistant', 'assistant'],
        finishReasons: ['stop', 'stop'],
        said: 'abab',
      });
    });
  });

  it('stays whole after any later event', () => {
    const { stream, end } = run([text('a'), finish(), '{"error":{"message":"late"}}', 'junk'], false);
    expect(stream).toMatchObject({ isComplete: true, error: null, malformedEvents: 2 });
    expect(end).toEqual(JSON.parse(finish()));
  });

  it('takes an error that comes beside choices for an error', () => {
    const event = JSON.stringify({ ...JSON.parse(text('')), error: { code: 503, message: 'gone' } });
    expect(run([text('a'), event, text('b')], false)).toMatchObject({
      sent: [text('a')],
      end: null,
      stream: { error: { code: 'upstream_error', isRetryable: true } },
    });
  });

  it.each([true, false])('of a server that ignores n is whole with [DONE] (usage: %s)', (includeUsage) => {
    const finish = { id: 'c1', choices: [{ index: 0, delta: { content: 'a' }, finish_reason: 'stop' }] };
    const toStream = (isLoose: boolean) => {
      const stream = new OpenAiChatStream({ includeUsage, choiceCount: 2 }, { isLoose });
      stream.push(JSON.stringify(finish));
      expect(stream.isComplete).toBe(false);
      expect(stream.push('[DONE]')).toEqual([]);
      return stream;
    };
    expect(toStream(true).isComplete).toBe(true);
    expect(toStream(true).end()).toEqual(includeUsage ? expect.objectContaining({ id: 'c1', choices: [] }) : null);
    expect(toStream(false).isComplete).toBe(false);
  });

  it('of a server that leaves out the finish reason of a choice gets it with [DONE]', () => {
    const chunkOf = (index: number, content: string, reason: string | null) =>
      JSON.stringify({ id: 'c1', choices: [{ index, delta: { content }, finish_reason: reason }] });
    const toStream = (isLoose: boolean) => {
      const stream = new OpenAiChatStream({ includeUsage: true, choiceCount: 2 }, { isLoose });
      for (const chunk of [chunkOf(0, 'a', null), chunkOf(1, 'b', null), chunkOf(0, '', 'stop')]) stream.push(chunk);
      return { stream, last: stream.push('[DONE]').map((text) => JSON.parse(text)) };
    };
    const { last, stream } = toStream(true);
    const head = { id: 'c1', object: 'chat.completion.chunk' };
    expect(last).toEqual([{ ...head, choices: [{ index: 1, delta: {}, logprobs: null, finish_reason: 'stop' }] }]);
    expect(stream.isComplete).toBe(true);
    expect(toStream(false)).toMatchObject({ last: [], stream: { isComplete: false } });
  });
});
