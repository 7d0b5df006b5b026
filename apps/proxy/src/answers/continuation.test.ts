import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Continuation, PrefillContinuation, ReplayContinuation } from './continuation.ts';
import { type DeliveredAnswer, readDelivered } from './delivered-answer.ts';

const chunk = (delta: object, finishReason: string | null = null, id = 'second') =>
  JSON.stringify({
    ...{ id, object: 'chat.completion.chunk', created: 2, model: 'fallback-model' },
    choices: [{ index: 0, delta, finish_reason: finishReason }],
  });
const say = (content: string, id?: string) => chunk({ content }, null, id);
const call = (index: number, fragment: string, name?: string) =>
  chunk({ tool_calls: [{ index, ...(name && { id: `call_${name}` }), function: { name, arguments: fragment } }] });

function deliver(...chunks: string[]): DeliveredAnswer {
  const delivered = readDelivered(chunks, 'primary');
  if (delivered === null) throw new Error('cannot be continued');
  return delivered;
}

/** What a client has of the new stream, until it says something else than was begun. */
function takeAll(continuation: Continuation, chunks: readonly string[]): { text: string; isDiverged: boolean } {
  let text = '';
  for (const one of chunks) {
    const fresh = continuation.take(one);
    if (continuation.hasDiverged) return { text, isDiverged: true };
    if (fresh !== null) text += JSON.parse(fresh).choices[0]?.delta.content ?? '';
  }
  return { text, isDiverged: false };
}

/** A text in pieces, cut at these places. */
const pieces = (text: string, cuts: readonly number[]) => {
  const places = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, at) => text.slice(from, places[at] ?? text.length)).filter((piece) => piece !== '');
};

describe('a replay', () => {
  it('holds back what was delivered and continues from the first fresh character, however both streams are cut', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 60 }),
        fc.nat(60),
        fc.array(fc.nat(60)),
        fc.array(fc.nat(60)),
        (text, at, one, other) => {
          const delivered = text.slice(0, at);
          const replay = new ReplayContinuation(
            deliver(say('', 'first'), ...pieces(delivered, one).map((piece) => say(piece, 'first'))),
          );
          const { text: fresh, isDiverged } = takeAll(replay, [
            ...pieces(text, other).map((piece) => say(piece)),
            chunk({}, 'stop'),
          ]);
          expect({ whole: delivered + fresh, isDiverged }).toEqual({ whole: text, isDiverged: false });
        },
      ),
    );
  });

  it('stops at the first difference, before any of it is sent', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 40 }),
        fc.nat(39),
        fc.array(fc.nat(40)),
        (delivered, at, cuts) => {
          const place = at % delivered.length;
          const other = `${delivered.slice(0, place)}${delivered[place] === 'x' ? 'y' : 'x'}${delivered.slice(place + 1)} and more`;
          const replay = new ReplayContinuation(deliver(say(delivered, 'first')));
          expect(
            takeAll(
              replay,
              pieces(other, cuts).map((piece) => say(piece)),
            ),
          ).toEqual({ text: '', isDiverged: true });
        },
      ),
    );
  });

  it('that ends before it has said what was delivered is another answer', () => {
    const replay = new ReplayContinuation(deliver(say('Once upon a time', 'first')));
    expect(takeAll(replay, [say('Once'), chunk({}, 'stop')]).isDiverged).toBe(true);
  });

  it('continues under the id of the first stream, without a second role, and names the provider that serves', () => {
    const replay = new ReplayContinuation(
      deliver(chunk({ role: 'assistant', content: '' }, null, 'first'), say('A', 'first')),
    );
    expect(replay.take(chunk({ role: 'assistant', content: '' }))).toBeNull();
    expect(JSON.parse(replay.take(say('AB')) ?? '')).toMatchObject({
      ...{ id: 'first', model: 'fallback-model' },
      choices: [{ delta: { content: 'B' } }],
    });
  });

  it('continues inside the arguments of a tool call, and takes no other tool or arguments', () => {
    const begun = () => new ReplayContinuation(deliver(call(0, '', 'weather'), call(0, '{"city":"Par')));
    const same = begun();
    expect(same.take(call(0, '{"ci', 'weather'))).toBeNull();
    expect(JSON.parse(same.take(call(0, 'ty":"Paris"}')) ?? '').choices[0].delta.tool_calls).toEqual([
      { index: 0, function: { arguments: 'is"}' } },
    ]);
    for (const other of [call(0, '{"city":"Rome', 'weather'), call(0, '{"city":"Par', 'time'), say('Hm')]) {
      const replay = begun();
      replay.take(other);
      expect(replay.hasDiverged).toBe(true);
    }
  });
});

describe('a prefill', () => {
  it('is appended as it is, also where the model repeats all that was delivered, however it is cut', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 40 }),
        fc.string({ maxLength: 40 }),
        fc.array(fc.nat(80)),
        fc.boolean(),
        (delivered, rest, cuts, repeats) => {
          // A rest that begins as the delivered text does cannot be distinguished from a repetition.
          fc.pre(
            !rest.startsWith(delivered) &&
              !/\s$/.test(delivered) &&
              !(delivered + rest).startsWith(delivered + delivered),
          );
          const prefill = new PrefillContinuation(deliver(say(delivered, 'first')));
          const said = repeats ? delivered + rest : rest;
          const { text } = takeAll(prefill, [...pieces(said, cuts).map((piece) => say(piece)), chunk({}, 'stop')]);
          expect(delivered + text).toBe(delivered + rest);
        },
      ),
    );
  });

  it('does not put a second space where the delivered text ends in one', () => {
    const prefill = new PrefillContinuation(deliver(say('Once upon ', 'first')));
    expect(takeAll(prefill, [say(' a time')]).text).toBe('a time');
  });

  it('is one charge: what was delivered counts as output, not as prompt', () => {
    const prefill = new PrefillContinuation(deliver(say('x'.repeat(30), 'first')));
    const request = { price: { version: 'p', rates: { inputUncached: '1000', outputText: '4000' } } };
    const charge = prefill.charge({ inputUncached: 110, outputText: 5 }, { ...bounds, ...request });
    expect(charge).toMatchObject({
      usage: { inputUncached: 105, outputText: 10 },
      ...{ estimated: true, amountNanoUsd: 145n },
      estimate: { version: 'gpt-tokenizer@4.0.0/1' },
    });
  });

  it('charges delivered text once if the model repeats it', () => {
    const said = 'x'.repeat(30);
    const prefill = new PrefillContinuation(deliver(say(said, 'first')));
    takeAll(prefill, [say(`${said} and more`)]);
    const request = { price: { version: 'p', rates: { inputUncached: '1000', outputText: '4000' } } };

    // The provider counts the repetition as its output.
    expect(prefill.charge({ inputUncached: 110, outputText: 8 }, { ...bounds, ...request })).toMatchObject({
      usage: { inputUncached: 105, outputText: 8 },
    });
  });
});

describe('what was delivered', () => {
  it.each([
    ['several choices', { choices: [{ index: 1, delta: { content: 'B' }, finish_reason: null }] }],
    ['a finished choice', { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }],
    [
      'probabilities',
      { choices: [{ index: 0, delta: { content: 'B' }, logprobs: { content: [] }, finish_reason: null }] },
    ],
    ['sound', { choices: [{ index: 0, delta: { audio: { data: 'AA' } }, finish_reason: null }] }],
    ['a refusal', { choices: [{ index: 0, delta: { refusal: 'No.' }, finish_reason: null }] }],
  ])('cannot be continued after %s', (_, body) => {
    expect(readDelivered([say('A', 'first'), JSON.stringify(body)], 'primary')).toBeNull();
  });
});

const bounds = {
  ...{ requestId: '0198c0de-0000-7000-8000-000000000001', attempt: 2, earlier: [], orgId: '', userId: '', keyId: null },
  operation: 'chat.completions' as const,
  provider: {
    name: 'fallback',
    type: 'Mock' as const,
    baseUrl: '',
    isAddressTrusted: true,
    credentialRef: 'none',
    options: {},
  },
  ...{ model: 'm', isStreamed: true, dispatchedAt: '', inputTokensMax: 1000, outputTokensMax: 1000 },
  ...{ inputTokensEstimate: 100, tokensSubject: null },
};
