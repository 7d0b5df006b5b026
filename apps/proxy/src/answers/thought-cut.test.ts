import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { PrefillContinuation, ReplayContinuation } from './continuation.ts';
import { readDelivered } from './delivered-answer.ts';

const chunk = (delta: object, finish_reason: string | null = null) =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    choices: [{ index: 0, delta, finish_reason }],
  });

function deliver(deltas: readonly object[]) {
  const delivered = readDelivered(
    deltas.map((delta) => chunk(delta)),
    'primary',
  );
  if (delivered === null) throw new Error('the answer cannot be continued');
  return delivered;
}

/** What the client has of a stream that was torn after `first` and begun again with `second`. */
function join(first: readonly object[], second: readonly object[]) {
  const replay = new ReplayContinuation(deliver(first));
  const fresh = second.flatMap((delta) => {
    const taken = replay.take(chunk(delta));
    return taken === null ? [] : [JSON.parse(taken).choices[0].delta];
  });
  expect(replay.hasDiverged).toBe(false);
  return [...first, ...fresh].map((delta) => ({ ...delta }) as Record<string, unknown>);
}

const textOf = (deltas: readonly Record<string, unknown>[], name: string) =>
  deltas.map((delta) => delta[name] ?? '').join('');
const detailsOf = (deltas: readonly Record<string, unknown>[]) =>
  deltas.flatMap((delta) => (Array.isArray(delta.reasoning_details) ? delta.reasoning_details : []));

const pieces = (text: string, cuts: readonly number[]) => {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, at) => text.slice(from, places[at] ?? text.length)).filter((piece) => piece !== '');
};

describe('thoughts after a tear', () => {
  it.each(['reasoning_content', 'reasoning'])('are delivered once, wherever both streams are cut: %s (I9)', (name) => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 40 }),
        fc.nat(40),
        fc.array(fc.nat(40)),
        fc.array(fc.nat(40)),
        (all, at, one, other) => {
          const think = (thought: string) => ({ [name]: thought });
          const joined = join(pieces(all.slice(0, at), one).map(think), [
            ...pieces(all, other).map(think),
            { content: 'answer' },
          ]);
          expect(textOf(joined, name)).toBe(all);
          expect(textOf(joined, 'content')).toBe('answer');
        },
      ),
    );
  });

  it('are delivered once in their details, with one signature (I9)', () => {
    const detail = (fields: object) => ({ type: 'reasoning.text', index: 0, ...fields });
    const think = (text: string) => ({ reasoning_content: text, reasoning_details: [detail({ text })] });
    const signed = { reasoning_details: [detail({ signature: 's' })] };
    const whole = [think('one '), think('two '), think('three'), signed, { content: 'answer' }];
    for (const count of [1, 2, 3, 4]) {
      const joined = join(whole.slice(0, count), [think('one two th'), think('ree'), signed, { content: 'answer' }]);
      expect(textOf(joined, 'reasoning_content')).toBe('one two three');
      expect(
        detailsOf(joined)
          .map(({ text }) => text ?? '')
          .join(''),
      ).toBe('one two three');
      expect(detailsOf(joined).filter(({ signature }) => signature !== undefined).length).toBeGreaterThan(0);
    }
  });

  it('are withheld from the first difference on, and the answer goes out (I9)', () => {
    const first = [{ reasoning_content: 'one ' }, { reasoning_content: 'two ' }];
    const second = [
      { reasoning_content: 'one ' },
      { reasoning_content: 'other ' },
      { reasoning_content: 'more' },
      { content: 'answer' },
    ];
    const joined = join(first, second);
    expect(textOf(joined, 'reasoning_content')).toBe('one two ');
    expect(textOf(joined, 'content')).toBe('answer');
  });

  it('may be absent from the new stream', () => {
    expect(textOf(join([{ reasoning_content: 'one ' }], [{ content: 'answer' }]), 'content')).toBe('answer');
  });

  it('are withheld when the answer has begun, by replay and by prefill (I9)', () => {
    const first = [{ reasoning_content: 'one ' }, { content: 'ans' }];
    const joined = join(first, [{ reasoning_content: 'one ' }, { content: 'ans' }, { content: 'wer' }]);
    expect(textOf(joined, 'reasoning_content')).toBe('one ');
    expect(textOf(joined, 'content')).toBe('answer');
    const prefill = new PrefillContinuation(deliver(first));
    const thought = { reasoning_content: 'one ', reasoning_details: [{ type: 'reasoning.text', text: 'one ' }] };
    expect(prefill.take(chunk(thought))).toBeNull();
    expect(JSON.parse(prefill.take(chunk({ content: 'wer' })) ?? '').choices[0].delta).toEqual({ content: 'wer' });
  });
});
