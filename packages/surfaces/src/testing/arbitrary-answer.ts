import fc from 'fast-check';
import { type ChatScript, type Delta, script } from './chat-script.ts';

const words = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
const argumentsOf = fc.dictionary(fc.string({ maxLength: 6 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });

/** One call's fragments, in order: its name first, its arguments cut anywhere. */
const callFragments = (index: number): fc.Arbitrary<Delta[]> =>
  fc
    .record({ input: argumentsOf, cuts: fc.array(fc.nat(60), { maxLength: 4 }), isSilent: fc.boolean() })
    .map(({ input, cuts, isSilent }) => {
      const text = JSON.stringify(input);
      const isEmpty = isSilent && text === '{}';
      const edges = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
      const pieces = isEmpty ? [''] : edges.slice(1).map((edge, at) => text.slice(edges[at], edge));
      return pieces.map((piece, at) => ({
        tool_calls: [
          at === 0
            ? { index, id: `call_${index}`, type: 'function', function: { name: `tool_${index}`, arguments: piece } }
            : { index, function: { arguments: piece } },
        ],
      }));
    });

const said = (name: 'content' | 'reasoning_content' | 'refusal'): fc.Arbitrary<Delta[]> =>
  fc.array(words, { maxLength: 4 }).map((texts) => texts.map((text) => ({ [name]: text })));

const lanes = fc.tuple(
  said('reasoning_content'),
  said('content'),
  said('refusal'),
  fc.nat(3).chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => callFragments(index)))),
);

/** An answer as almost every provider streams them: thoughts, then text, then a refusal, then call after call. */
export const orderedAnswer: fc.Arbitrary<ChatScript> = lanes.map(([reasoning, content, refusal, calls]) =>
  script([...reasoning, ...content, ...refusal, ...calls.flat()], finishOf(calls)),
);

/** The same in any interleaving. */
export const interleavedAnswer: fc.Arbitrary<ChatScript> = lanes.chain(([reasoning, content, refusal, calls]) => {
  const queues = [reasoning, content, refusal, ...calls];
  const total = queues.reduce((sum, queue) => sum + queue.length, 0);
  return fc
    .array(fc.nat(1000), { minLength: total, maxLength: total })
    .map((choices) => script(interleave(queues, choices), finishOf(calls)));
});

function interleave(queues: readonly Delta[][], choices: readonly number[]): Delta[] {
  const left = queues.map((queue) => [...queue]);
  return choices.flatMap((choice) => {
    const open = left.filter((queue) => queue.length > 0);
    return open[choice % open.length]?.splice(0, 1) ?? [];
  });
}

function finishOf(calls: readonly unknown[]): string {
  return calls.length > 0 ? 'tool_calls' : 'stop';
}
