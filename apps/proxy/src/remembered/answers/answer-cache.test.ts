import { createMemoryExpiringStore, type ExpiringStore } from '@aggregator/expiring-store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AnswerCache, type StoredAnswer } from './answer-cache.ts';

const chat = (choice: object = {}) => ({
  id: 'c',
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop', ...choice }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
});
const answerWith = (body: Record<string, unknown>): StoredAnswer => ({
  provider: 'openai',
  model: 'gpt-4o-mini',
  usage: { inputUncached: 2, cacheRead: 1, outputText: 4 },
  droppedParams: ['seed'],
  body,
});

describe('kept answers', () => {
  let store: ExpiringStore;
  let cache: AnswerCache;
  let timeMs: number;
  beforeEach(() => {
    timeMs = 0;
    const bounds = { entriesMax: 10, bytesMax: 10_000_000, valueBytesMax: 5_000_000 };
    store = createMemoryExpiringStore({ ...bounds, now: () => timeMs });
    cache = new AnswerCache(store, 1000);
  });

  it('are given back as they were, until their time is over', async () => {
    const answer = answerWith(chat());
    cache.write('k', answer);
    expect(await cache.read('k')).toEqual(answer);
    timeMs = 1000;
    expect(await cache.read('k')).toBeNull();
  });

  it('report usage also if the first client did not ask for it', async () => {
    const { usage: _usage, ...body } = chat();
    cache.write('k', answerWith(body));
    expect((await cache.read('k'))?.body.usage).toMatchObject({
      prompt_tokens: 3,
      completion_tokens: 4,
      total_tokens: 7,
    });
  });

  it.each([
    ['calls of tools', chat({ finish_reason: 'tool_calls' })],
    ['no refusal', chat({ message: { role: 'assistant', content: 'Hello', refusal: null } })],
    ['embeddings', { object: 'list', data: [{ index: 0, embedding: [0.5] }], usage: {} }],
  ])('may be with %s', async (_name, body) => {
    cache.write('k', answerWith(body));
    expect(await cache.read('k')).not.toBeNull();
  });

  it.each([
    ['cut short', chat({ finish_reason: 'length' })],
    ['filtered', chat({ finish_reason: 'content_filter' })],
    ['without an end', chat({ finish_reason: null })],
    ['a refusal', chat({ message: { role: 'assistant', content: null, refusal: 'No.' } })],
    ['sound', chat({ message: { role: 'assistant', content: null, audio: { id: 'a' } } })],
    ['without choices', { ...chat(), choices: [] }],
    [
      'one whole choice of two',
      { ...chat(), choices: [...chat().choices, ...chat({ finish_reason: 'length' }).choices] },
    ],
    ['an error', { ...chat(), error: { message: 'no' } }],
    ['no embeddings', { object: 'list', data: [] }],
    ['larger than 1 MiB', chat({ message: { role: 'assistant', content: 'x'.repeat(1024 * 1024) } })],
  ])('are never %s', async (_name, body) => {
    cache.write('k', answerWith(body));
    expect(await store.get('k')).toBeNull();
  });

  it.each(['no JSON', '{}', '{"provider":"openai"}', JSON.stringify({ ...answerWith(chat()), more: 1 })])(
    'are nothing where another version has kept %j',
    async (text) => {
      await store.set('k', text, 1000);
      expect(await cache.read('k')).toBeNull();
    },
  );
});
