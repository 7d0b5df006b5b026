import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compilePolicy } from '../compile-policy.ts';
import { maskChat } from '../masking/mask-chat.ts';
import { cut, personalText, policy } from '../testing/personal-values.ts';
import { createChunkRestorer } from './chunk-restorer.ts';
import { restoreAnswer } from './restore-answer.ts';
import type { Vault } from './vault.ts';

const compiled = compilePolicy(policy);
const head = { id: 'c-1', object: 'chat.completion.chunk', created: 1, model: 'm' };
const toChunk = (delta: object, finish: string | null = null, index = 0) => ({
  ...head,
  choices: [{ index, delta, finish_reason: finish }],
});

const mask = (text: string, more: object = {}) => {
  const { chat, vault } = maskChat({ model: 'm', messages: [{ role: 'user', content: text }], ...more }, compiled);
  return { masked: String(chat.messages[0]?.content), vault };
};

interface Joined {
  [field: string]: string;
}

/** Texts of all choices by name, as a client joins them. */
function join(chunks: readonly string[]): Joined {
  const joined: Joined = {};
  const add = (name: string, text: unknown) => {
    if (typeof text === 'string') joined[name] = (joined[name] ?? '') + text;
  };
  for (const chunk of chunks) {
    for (const { index, delta } of JSON.parse(chunk).choices) {
      for (const name of ['content', 'refusal', 'reasoning_content']) add(`${index}.${name}`, delta[name]);
      for (const call of delta.tool_calls ?? []) {
        add(`${index}.${call.index}.arguments`, call.function?.arguments);
        add(`${index}.${call.index}.input`, call.custom?.input);
      }
    }
  }
  return joined;
}

const restoreAll = (vault: Vault, chunks: readonly object[]) => {
  const restorer = createChunkRestorer(vault);
  return chunks.map((chunk) => restorer.push(JSON.stringify(chunk)));
};

describe('a stream of a masked chat', () => {
  it('says what the model meant in every text of every choice, wherever it is cut', () => {
    const places = fc.array(fc.nat(), { maxLength: 5 });
    fc.assert(
      fc.property(personalText, fc.array(places, { minLength: 6, maxLength: 6 }), (text, cuts) => {
        const { masked, vault } = mask(text);
        const json = JSON.stringify({ to: masked });
        const pieces = (at: number, of: string) => cut(of, cuts[at] ?? []);
        const call = (index: number, more: object) => ({ tool_calls: [{ index, ...more }] });
        const chunks = [0, 1].flatMap((choice) => [
          ...pieces(0, masked).map((piece) => toChunk({ reasoning_content: piece }, null, choice)),
          ...pieces(1, masked).map((piece) => toChunk({ content: piece }, null, choice)),
          ...pieces(2, masked).map((piece) => toChunk({ refusal: piece }, null, choice)),
          ...pieces(3, json).map((piece) => toChunk(call(0, { function: { arguments: piece } }), null, choice)),
          ...pieces(4, json).map((piece) => toChunk(call(1, { function: { arguments: piece } }), null, choice)),
          ...pieces(5, masked).map((piece) => toChunk(call(2, { custom: { input: piece } }), null, choice)),
          toChunk({}, 'stop', choice),
        ]);
        const joined = join(restoreAll(vault, chunks));
        for (const choice of [0, 1]) {
          for (const name of ['content', 'refusal', 'reasoning_content', '2.input']) {
            expect(joined[`${choice}.${name}`] ?? '').toBe(text);
          }
          for (const name of ['0.arguments', '1.arguments']) {
            expect(JSON.parse(joined[`${choice}.${name}`] ?? '')).toEqual({ to: text });
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('gives everything by the finish of the choice, and then nothing more', () => {
    const { vault } = mask('bob@example.com');
    const restorer = createChunkRestorer(vault);
    const push = (chunk: object) => JSON.parse(restorer.push(JSON.stringify(chunk))).choices[0].delta;
    expect(push(toChunk({ content: 'to [EMAIL' }))).toEqual({ content: 'to ' });
    expect(push(toChunk({ content: '_1' }))).toEqual({ content: '' });
    expect(push(toChunk({}, 'length'))).toEqual({ content: '[bob@example.com' });
    expect(restorer.flush()).toBeNull();
  });

  it('gives what is left of arguments with the finish', () => {
    const { vault } = mask('bob@example.com');
    const chunks = [
      toChunk({ tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{"to":"[EMAIL_' } }] }),
      toChunk({}, 'length'),
    ];
    expect(JSON.parse(restoreAll(vault, chunks)[1] ?? '').choices[0].delta).toEqual({
      tool_calls: [{ index: 0, function: { arguments: '[EMAIL_' } }],
    });
  });

  it('never lets a thought come behind the answer that follows it', () => {
    const { vault } = mask('bob@example.com');
    const chunks = [toChunk({ reasoning_content: 'plan [E' }), toChunk({ content: 'Hi' }), toChunk({}, 'stop')];
    const deltas = restoreAll(vault, chunks).map((chunk) => JSON.parse(chunk).choices[0].delta);
    expect(deltas).toEqual([{ reasoning_content: 'plan ' }, { content: 'Hi', reasoning_content: '[E' }, {}]);
  });

  it('passes on the very text of a chunk in which nothing is other', () => {
    const { vault } = mask('bob@example.com');
    const restorer = createChunkRestorer(vault);
    for (const chunk of [
      '{ "choices": [ {"index":0, "delta":{"role":"assistant","content":"Hello "} } ] }',
      '{"choices":[], "usage": {"prompt_tokens": 1}}',
      'no JSON',
    ]) {
      expect(restorer.push(chunk)).toBe(chunk);
    }
    const last = toChunk({}, 'stop');
    expect(restorer.pushRecord(last)).toBe(last);
  });

  it('returns what was held back of a stream that broke off', () => {
    const { vault } = mask('bob@example.com');
    const restorer = createChunkRestorer(vault);
    restorer.push(JSON.stringify(toChunk({ content: 'to [EMAIL_1' }, null, 1)));
    expect(JSON.parse(restorer.flush() ?? '')).toEqual({
      ...head,
      choices: [{ index: 1, delta: { content: '[bob@example.com' }, finish_reason: null }],
    });
    expect(restorer.flush()).toBeNull();
  });

  it('does not break an answer that was asked for as JSON', () => {
    const { masked, vault } = mask('O"Neil & Сыновья', { response_format: { type: 'json_object' } });
    const chunks = [toChunk({ content: `{"name":"${masked}"}` }), toChunk({}, 'stop')];
    const joined = join(restoreAll(vault, chunks));
    expect(JSON.parse(joined['0.content'] ?? '')).toEqual({ name: 'O"Neil & Сыновья' });
  });

  it('leaves signed thoughts alone: the provider takes them back only as they were', () => {
    const { masked, vault } = mask('bob@example.com');
    const chunk = toChunk({ reasoning_details: [{ type: 'reasoning.text', text: masked, signature: 's' }] });
    expect(restoreAll(vault, [chunk])).toEqual([JSON.stringify(chunk)]);
  });
});

describe('a plain answer of a masked chat', () => {
  it('has the values in every text of it, and is not changed itself', () => {
    fc.assert(
      fc.property(personalText, (text) => {
        const { masked, vault } = mask(text);
        const json = JSON.stringify({ to: masked });
        const answerWith = (said: string, given: unknown) => ({
          id: 'c-1',
          choices: [
            {
              index: 0,
              finish_reason: 'tool_calls',
              message: {
                role: 'assistant',
                content: said,
                reasoning_content: said,
                tool_calls: [
                  { id: 'a', type: 'function', function: { name: 'f', arguments: given } },
                  { id: 'b', type: 'custom', custom: { name: 'g', input: said } },
                  { id: 'c', type: 'function', function: { name: 'f', arguments: given } },
                ],
              },
            },
          ],
        });
        const answer = answerWith(masked, json);
        const restored = restoreAnswer(answer, vault);
        expect(answer).toEqual(answerWith(masked, json));
        expect(restored).toEqual(answerWith(text, JSON.stringify({ to: text })));
      }),
      { numRuns: 200 },
    );
  });

  it('names the cited documents as the caller did', () => {
    const { vault } = mask('by Ann', { documents: [{ id: '1', data: { title: 'Ann "A"' } }] });
    const citing = (title: string) => [{ type: 'url_citation', url_citation: { start_index: 0, url: 'u', title } }];
    const answer = { choices: [{ index: 0, message: { role: 'assistant', annotations: citing('[NAME_1] "A"') } }] };
    expect(restoreAnswer(answer, vault)).toEqual({
      choices: [{ index: 0, message: { role: 'assistant', annotations: citing('Ann "A"') } }],
    });
    const [chunk = ''] = restoreAll(vault, [toChunk({ annotations: citing('[NAME_1]') })]);
    expect(JSON.parse(chunk).choices[0].delta.annotations).toEqual(citing('Ann'));
  });

  it('is the same object if nothing was masked', () => {
    const { vault } = mask('nothing personal');
    const answer = { choices: [{ index: 0, message: { role: 'assistant', content: '[EMAIL_1]' } }] };
    expect(restoreAnswer(answer, vault)).toBe(answer);
  });
});
