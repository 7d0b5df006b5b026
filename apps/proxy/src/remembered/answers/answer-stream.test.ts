import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AnswerAssembler } from './answer-assembler.ts';
import { toChunks } from './to-chunks.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ minLength: 250, maxLength: 600, unit: 'binary' }),
);
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const call = fc.oneof(
  fc.record({
    id: fc.uuid(),
    type: fc.constant('function'),
    function: fc.record({ name: fc.constantFrom('f', 'g'), arguments: text }),
  }),
  fc.record({
    id: fc.uuid(),
    type: fc.constant('custom'),
    custom: fc.record({ name: fc.constantFrom('h'), input: text }),
  }),
);
const details = fc
  .array(fc.record({ type: fc.constant('reasoning.text'), text, signature: nullable(fc.string()) }), {
    minLength: 1,
    maxLength: 3,
  })
  .map((all) => all.map((detail, index) => ({ ...detail, format: 'anthropic-claude-v1', index })));
const message = fc.record(
  {
    role: fc.constant('assistant'),
    content: nullable(text),
    refusal: nullable(text),
    reasoning_content: text,
    reasoning_details: details,
    tool_calls: fc.array(call, { minLength: 1, maxLength: 3 }),
    images: fc.constant([{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }]),
    annotations: fc.constant([{ type: 'url_citation' }]),
  },
  { requiredKeys: ['role', 'content'] },
);
const logprobs = nullable(
  fc.record({
    content: fc.array(
      fc.record({ token: fc.string(), logprob: fc.double({ noNaN: true, noDefaultInfinity: true, min: -9, max: -1 }) }),
    ),
    refusal: fc.constant(null),
  }),
);
const answer = fc
  .record({
    choices: fc.array(
      fc.record(
        { message, logprobs, finish_reason: fc.constantFrom('stop', 'tool_calls') },
        { requiredKeys: ['message', 'finish_reason'] },
      ),
      { minLength: 1, maxLength: 3 },
    ),
    usage: fc.constant({ prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 }),
  })
  .map(({ choices, usage }) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    system_fingerprint: 'fp',
    choices: choices.map((choice, index) => ({ index, ...choice })),
    usage,
  }));

const assemble = (texts: readonly string[], last: Record<string, unknown> | null) => {
  const assembler = new AnswerAssembler();
  for (const chunk of texts) assembler.push(chunk);
  return assembler.end(last);
};
const toChunk = (delta: object, finish: string | null = null) =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
  });

describe('a kept answer as a stream', () => {
  it('is the same answer when its chunks are joined', () => {
    fc.assert(
      fc.property(answer, (body) => {
        const { texts, last } = toChunks(body, { includeUsage: true });
        expect(assemble(texts, last)).toEqual(body);
      }),
      { numRuns: 300 },
    );
  });

  it('sends usage last, and only if it was asked for', () => {
    fc.assert(
      fc.property(answer, (body) => {
        const { usage, ...rest } = body;
        const withUsage = toChunks(body, { includeUsage: true });
        const without = toChunks(body, { includeUsage: false });
        expect(withUsage.last).toMatchObject({ choices: [], usage });
        expect(without.last).toMatchObject({
          choices: [{ delta: {}, finish_reason: body.choices.at(-1)?.finish_reason }],
        });
        expect(assemble(without.texts, without.last)).toEqual(rest);
      }),
      { numRuns: 50 },
    );
  });

  it('comes in pieces, with the role first and no character torn', () => {
    const content = `x${'🙂'.repeat(300)}`;
    const body = { id: 'c', choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }] };
    const deltas = toChunks(body, { includeUsage: false }).texts.map((chunk) => JSON.parse(chunk).choices[0].delta);
    expect(deltas[0]).toEqual({ role: 'assistant' });
    expect(deltas.length).toBeGreaterThan(2);
    for (const { content: piece = '' } of deltas) expect(piece).toBe(piece.toWellFormed());
  });
});

describe('an answer made from a stream', () => {
  it('joins what a provider sends in fragments', () => {
    const chunks = [
      toChunk({ role: 'assistant', content: '', refusal: null }),
      toChunk({
        reasoning_content: 'Let me ',
        reasoning_details: [{ type: 'reasoning.text', text: 'Let me ', index: 0 }],
      }),
      toChunk({ reasoning_content: 'see', reasoning_details: [{ type: 'reasoning.text', text: 'see', index: 0 }] }),
      toChunk({ reasoning_details: [{ type: 'reasoning.text', index: 0, signature: 'c2ln', format: 'x' }] }),
      toChunk({ content: 'Hel' }),
      toChunk({ content: 'lo' }),
      toChunk({ tool_calls: [{ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: '' } }] }),
      toChunk({ tool_calls: [{ index: 0, id: '', function: { arguments: '{"x"' } }] }),
      toChunk({
        tool_calls: [
          { index: 0, function: { arguments: ':1}' } },
          { index: 1, id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      }),
      toChunk({}, 'tool_calls'),
      JSON.stringify({ choices: [], usage: { prompt_tokens: 1 } }),
    ];
    expect(assemble(chunks, null)).toEqual({
      ...{ id: 'c', object: 'chat.completion', created: 1, model: 'm' },
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: 'Hello',
            refusal: null,
            reasoning_content: 'Let me see',
            reasoning_details: [
              { type: 'reasoning.text', text: 'Let me see', index: 0, signature: 'c2ln', format: 'x' },
            ],
            tool_calls: [
              { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } },
              { id: 'b', type: 'function', function: { name: 'g', arguments: '{}' } },
            ],
          },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 1 },
    });
  });

  it.each([
    ['a stream without a finish', [toChunk({ content: 'Hel' })]],
    ['a stream of nothing', []],
    [
      'a choice that has no end',
      [toChunk({ content: 'x' }, 'stop'), toChunk({ content: 'y' }).replace('"index":0', '"index":1')],
    ],
    ['sound', [toChunk({ audio: { data: 'AA' } }), toChunk({}, 'stop')]],
    ['a call without its beginning', [toChunk({ tool_calls: [{ index: 3, function: { arguments: '{' } }] }, 'stop')]],
    [
      'a call that changes its name',
      ['f', 'g'].map((name) => toChunk({ tool_calls: [{ index: 0, function: { name, arguments: '' } }] }, 'stop')),
    ],
    ['fields that the proxy cannot join', ['a', 'b'].map((vendor) => toChunk({ vendor }, 'stop'))],
    ['what is no chunk', ['no JSON', toChunk({}, 'stop')]],
  ])('is none for %s', (_name, chunks) => {
    expect(assemble(chunks, null)).toBeNull();
  });

  it('is none for more than 1 MiB', () => {
    const piece = toChunk({ content: 'x'.repeat(100_000) });
    expect(assemble([...Array.from({ length: 10 }, () => piece), toChunk({}, 'stop')], null)).not.toBeNull();
    expect(assemble([...Array.from({ length: 11 }, () => piece), toChunk({}, 'stop')], null)).toBeNull();
  });
});
