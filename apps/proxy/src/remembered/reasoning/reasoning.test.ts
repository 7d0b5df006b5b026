import { type ChatCompletionRequest, type ChatMessage, chatCompletionRequest } from '@aggregator/contracts';
import { createMemoryExpiringStore, type ExpiringStore } from '@aggregator/expiring-store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { createPrincipal } from '../../testing/start-world.ts';
import type { Caller } from '../items/conversation-key.ts';
import { lacksReasoning, recallReasoning } from './recall-reasoning.ts';
import { rememberReasoning } from './remember-reasoning.ts';

const caller = createPrincipal();
const hello = [{ role: 'user' as const, content: 'Hello' }];
const thought = { type: 'reasoning.text', text: 'Hm.', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 };
const signatureOf = (id: string) => ({ type: 'reasoning.encrypted', data: `s-${id}`, format: 'google-gemini-v1', id });
const call = (id: string) => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } });
const answer = (ids: readonly string[], details: readonly object[] = [thought]) => ({
  role: 'assistant',
  content: null,
  tool_calls: ids.map(call),
  reasoning_details: details,
});

/** A client that has dropped what it does not know. */
const chatAfter = (...answers: { tool_calls: object[] }[]): ChatCompletionRequest =>
  chatCompletionRequest.parse({
    model: 'm',
    messages: [
      { role: 'user', content: 'Hello' },
      ...answers.flatMap(({ tool_calls }) => [
        { role: 'assistant', content: null, tool_calls },
        { role: 'tool', content: '5', tool_call_id: 'any' },
      ]),
    ],
  });

describe('the thoughts behind calls of tools (D64)', () => {
  let store: ExpiringStore;
  let lookups: (readonly string[])[];
  let timeMs: number;
  beforeEach(() => {
    timeMs = 0;
    lookups = [];
    const memory = createMemoryExpiringStore({
      ...{ entriesMax: 1000, bytesMax: 10_000_000, valueBytesMax: 1_000_000 },
      now: () => timeMs,
    });
    store = Object.assign(Object.create(memory), {
      set: memory.set.bind(memory),
      getMany(keys: readonly string[]) {
        lookups.push(keys);
        return memory.getMany(keys);
      },
    });
  });
  const recall = (chat: ChatCompletionRequest, who: Caller = caller) =>
    recallReasoning(store, who, chat.messages, chat);
  const remember = (message: unknown, asked: readonly ChatMessage[] = hello, who: Caller = caller) =>
    rememberReasoning(store, who, asked, [{ said: message, sent: message }]);
  /** The answers of one conversation, one after the other. */
  const rememberAll = async (answers: { tool_calls: object[] }[]) => {
    for (const [at, one] of answers.entries()) await remember(one, chatAfter(...answers.slice(0, at)).messages);
  };
  const detailsOf = ({ messages }: ChatCompletionRequest) => messages.map((message) => message.reasoning_details);

  it('come back for a client that drops them, over ten turns of a loop, with one question to the store', async () => {
    const answers = Array.from({ length: 10 }, (_none, turn) =>
      answer([`call-${turn}`], [{ ...thought, text: `Thought ${turn}` }]),
    );
    await rememberAll(answers);

    const chat = await recall(chatAfter(...answers));
    expect(detailsOf(chat)).toEqual([undefined, ...answers.flatMap((one) => [one.reasoning_details, undefined])]);
    expect(lookups).toHaveLength(1);
  });

  it('come back for calls that the client has put into separate messages, each with its own', async () => {
    await remember(answer(['a', 'b'], [signatureOf('a'), signatureOf('b')]));
    const [first, second] = [['a'], ['b']].map((ids) => ({ role: 'assistant', tool_calls: ids.map(call) }));
    const chat = await recall(chatCompletionRequest.parse({ model: 'm', messages: [...hello, first, second] }));
    expect(detailsOf(chat)).toEqual([undefined, [signatureOf('a')], [signatureOf('b')]]);
  });

  it('come back as a text where the provider gives no details', async () => {
    const { reasoning_details: _none, ...message } = answer(['a']);
    await remember({ ...message, reasoning_content: 'I need the weather.' });
    expect(detailsOf(await recall(chatAfter(message)))).toEqual([
      undefined,
      [{ type: 'reasoning.text', text: 'I need the weather.', format: 'unknown' }],
      undefined,
    ]);
  });

  it('are not kept of an empty text', async () => {
    await remember({ ...answer(['a'], []), reasoning_content: '' });
    const chat = chatAfter(answer(['a']));
    expect(await recall(chat)).toBe(chat);
  });

  it('stay as the client has given them', async () => {
    await remember(answer(['a']));
    const chat = chatAfter(answer(['a']));
    const [first, second] = chat.messages;
    if (first === undefined || second === undefined) throw new Error('no messages');
    const own = { ...chat, messages: [first, { ...second, reasoning_details: [signatureOf('a')] }] } as const;
    const asked = chatCompletionRequest.parse(own);
    expect(lacksReasoning(asked)).toBe(false);
    expect(await recall(asked)).toBe(asked);
  });

  it('are asked for only where a call wants them', async () => {
    const plain = chatCompletionRequest.parse({ model: 'm', messages: [{ role: 'assistant', content: 'Hi' }] });
    expect(lacksReasoning(plain)).toBe(false);
    expect(await recall(plain)).toBe(plain);
    expect(lookups).toEqual([]);
  });

  it('leave the very same chat where nothing is remembered, and change none', async () => {
    const chat = chatAfter(answer(['a']));
    const before = structuredClone(chat);
    expect(lacksReasoning(chat)).toBe(true);
    expect(await recall(chat)).toBe(chat);
    await remember(answer(['a']));
    expect(await recall(chat)).not.toBe(chat);
    expect(chat).toEqual(before);
  });

  it('are only those of this conversation if a provider gives the same ids in every answer', async () => {
    const user = (content: string) => [{ role: 'user' as const, content }];
    const same = (text: string) => answer(['functions.weather:0'], [{ ...thought, text }]);
    const after = (content: string) =>
      chatCompletionRequest.parse({
        ...chatAfter(same('')),
        messages: [...user(content), ...chatAfter(same('')).messages.slice(1)],
      });
    await remember(same('OPAL'), user('one'));
    await remember(same('RUBY'), user('two'));
    const textsOf = async (content: string) => JSON.stringify(detailsOf(await recall(after(content))));

    expect(await textsOf('one')).toContain('OPAL');
    expect(await textsOf('one')).not.toContain('RUBY');
    expect(await textsOf('two')).toContain('RUBY');
    expect(await textsOf('three')).not.toContain('OPAL');
  });

  it('are only those of this turn if each call of a conversation has the same id, or an empty one', async () => {
    for (const id of ['functions.weather:0', 'call_0', '']) {
      const answers = ['first', 'second'].map((text) => answer([id], [{ ...thought, text }]));
      await rememberAll(answers);
      const details = detailsOf(await recall(chatAfter(...answers)));
      expect(details).toEqual([undefined, ...answers.flatMap((one) => [one.reasoning_details, undefined])]);
    }
  });

  it('are never those of another key or user of the organisation', async () => {
    await remember(answer(['a']));
    const chat = chatAfter(answer(['a']));
    expect(await recall(chat, { ...caller, keyId: createPrincipal().keyId })).toBe(chat);
    expect(await recall(chat, { ...caller, keyId: null })).toBe(chat);
    expect(await recall(chat, { ...caller, userId: createPrincipal().userId })).not.toBe(chat);
  });

  it('are not kept if two choices of an answer made the same call', async () => {
    const choices = ['first', 'second'].map((text) => answer(['a'], [{ ...thought, text }]));
    await rememberReasoning(
      store,
      caller,
      hello,
      choices.map((said) => ({ said, sent: said })),
    );
    const chat = chatAfter(answer(['a']));
    expect(await recall(chat)).toBe(chat);
  });

  const weather = {
    id: 'a',
    type: 'function',
    function: { name: 'f', arguments: '{"city": "Brno", "id":12345678901234567890}' },
  };
  const forms: readonly (readonly [string, object, object])[] = [
    ['parts for a text', {}, { content: [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral' } }] }],
    ['space around a text', {}, { content: 'Hello\n' }],
    ['an empty content', { content: '' }, {}],
    ['an absent content', { content: undefined }, {}],
    ['thoughts in other fields', { reasoning: 'Hm.', reasoning_content: 'Hm.', refusal: null }, {}],
    [
      'arguments that were parsed and written again',
      {
        tool_calls: [
          { ...weather, index: 0, function: { name: 'f', arguments: '{"id":12345678901234567890,"city":"Brno"}' } },
        ],
      },
      {},
    ],
  ];
  it.each(forms)('come back for a client that resends the history with %s', async (_name, said, asked) => {
    await remember({ ...answer(['a']), tool_calls: [weather] });
    const messages = [
      { ...hello[0], ...asked },
      { role: 'assistant', content: null, tool_calls: [weather], ...said },
    ];
    const chat = await recall(chatCompletionRequest.parse({ model: 'm', messages }));
    expect(detailsOf(chat)).toEqual([undefined, [thought]]);
  });

  it.each([
    ['another number that is the same double', '{"city":"Brno","id":12345678901234567891}'],
    ['other arguments', '{"city":"Prague","id":12345678901234567890}'],
  ])('stay away if the call has %s', async (_name, text) => {
    await remember({ ...answer(['a']), tool_calls: [weather] });
    const other = { ...weather, function: { name: 'f', arguments: text } };
    const messages = [...hello, { role: 'assistant', content: null, tool_calls: [other] }];
    const chat = chatCompletionRequest.parse({ model: 'm', messages });
    expect(await recall(chat)).toBe(chat);
  });

  it('are never those of another organisation (I17)', async () => {
    await remember(answer(['a']));
    const chat = chatAfter(answer(['a']));
    expect(await recall(chat, createPrincipal())).toBe(chat);
  });

  it('are forgotten after a day', async () => {
    await remember(answer(['a']));
    timeMs = 24 * 3_600_000 - 1;
    const chat = chatAfter(answer(['a']));
    expect(await recall(chat)).not.toBe(chat);
    timeMs += 1;
    expect(await recall(chat)).toBe(chat);
  });

  it('are asked for the last 64 calls at most', async () => {
    const answers = Array.from({ length: 70 }, (_none, turn) => answer([`call-${turn}`]));
    await rememberAll(answers);
    const chat = await recall(chatAfter(...answers));
    expect(lookups.map((keys) => keys.length)).toEqual([64]);
    expect(detailsOf(chat).findIndex((details) => details !== undefined)).toBe(1 + 6 * 2);
  });

  it.each([
    ['without calls', { role: 'assistant', content: 'x', reasoning_details: [thought] }],
    ['without thoughts', { role: 'assistant', tool_calls: [call('a')] }],
    ['that is none', null],
    ['with more than 256 KiB of thoughts', answer(['a'], [{ ...thought, text: 'ы'.repeat(140_000) }])],
    ['with more than 64 calls', answer(Array.from({ length: 65 }, (_none, at) => (at === 0 ? 'a' : `${at}`)))],
  ])('are not kept of a message %s', async (_name, message) => {
    await remember(message);
    const chat = chatAfter(answer(['a']));
    expect(await recall(chat)).toBe(chat);
  });
});
