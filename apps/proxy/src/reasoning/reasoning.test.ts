import { type ChatCompletionRequest, chatCompletionRequest } from '@aggregator/contracts';
import { createMemoryExpiringStore, type ExpiringStore } from '@aggregator/expiring-store';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { lacksReasoning, recallReasoning } from './recall-reasoning.ts';
import { rememberReasoning } from './remember-reasoning.ts';

const org = 'org-1';
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
      ...answers.map(({ tool_calls }) => ({ role: 'assistant', content: null, tool_calls })),
    ],
  });

describe('the thoughts behind calls of tools', () => {
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
  const detailsOf = ({ messages }: ChatCompletionRequest) => messages.map((message) => message.reasoning_details);

  it('come back for a client that drops them, over ten turns of a loop, with one question to the store', async () => {
    const answers = Array.from({ length: 10 }, (_none, turn) =>
      answer([`call-${turn}`], [{ ...thought, text: `Thought ${turn}` }]),
    );
    for (const one of answers) await rememberReasoning(store, org, one);

    const chat = await recallReasoning(store, org, chatAfter(...answers));
    expect(detailsOf(chat)).toEqual([undefined, ...answers.map((one) => one.reasoning_details)]);
    expect(lookups).toHaveLength(1);
  });

  it('come back for calls that the client has put into messages of their own, each with its own', async () => {
    await rememberReasoning(store, org, answer(['a', 'b'], [signatureOf('a'), signatureOf('b')]));
    const chat = await recallReasoning(store, org, chatAfter(answer(['a']), answer(['b'])));
    expect(detailsOf(chat)).toEqual([undefined, [signatureOf('a')], [signatureOf('b')]]);
  });

  it('stay as the client has given them', async () => {
    await rememberReasoning(store, org, answer(['a']));
    const chat = chatAfter(answer(['a']));
    const [first, second] = chat.messages;
    if (first === undefined || second === undefined) throw new Error('no messages');
    const own = { ...chat, messages: [first, { ...second, reasoning_details: [signatureOf('a')] }] } as const;
    const asked = chatCompletionRequest.parse(own);
    expect(lacksReasoning(asked)).toBe(false);
    expect(await recallReasoning(store, org, asked)).toBe(asked);
  });

  it('are asked for only where a call wants them', async () => {
    const plain = chatCompletionRequest.parse({ model: 'm', messages: [{ role: 'assistant', content: 'Hi' }] });
    expect(lacksReasoning(plain)).toBe(false);
    expect(await recallReasoning(store, org, plain)).toBe(plain);
    expect(lookups).toEqual([]);
  });

  it('leave the very same chat where nothing is remembered, and change none', async () => {
    const chat = chatAfter(answer(['a']));
    const before = structuredClone(chat);
    expect(lacksReasoning(chat)).toBe(true);
    expect(await recallReasoning(store, org, chat)).toBe(chat);
    await rememberReasoning(store, org, answer(['a']));
    expect(await recallReasoning(store, org, chat)).not.toBe(chat);
    expect(chat).toEqual(before);
  });

  it('are never those of another organisation (I17)', async () => {
    await rememberReasoning(store, org, answer(['a']));
    const chat = chatAfter(answer(['a']));
    expect(await recallReasoning(store, 'org-2', chat)).toBe(chat);
  });

  it('are forgotten after a day', async () => {
    await rememberReasoning(store, org, answer(['a']));
    timeMs = 24 * 3_600_000 - 1;
    const chat = chatAfter(answer(['a']));
    expect(await recallReasoning(store, org, chat)).not.toBe(chat);
    timeMs += 1;
    expect(await recallReasoning(store, org, chat)).toBe(chat);
  });

  it('are asked for the last 64 calls at most', async () => {
    const answers = Array.from({ length: 70 }, (_none, turn) => answer([`call-${turn}`]));
    for (const one of answers) await rememberReasoning(store, org, one);
    const chat = await recallReasoning(store, org, chatAfter(...answers));
    expect(lookups.map((keys) => keys.length)).toEqual([64]);
    expect(detailsOf(chat).findIndex((details) => details !== undefined)).toBe(1 + 6);
  });

  it.each([
    ['without calls', { role: 'assistant', content: 'x', reasoning_details: [thought] }],
    ['without thoughts', { role: 'assistant', tool_calls: [call('a')] }],
    ['that is none', null],
    ['with more than 256 KiB of thoughts', answer(['a'], [{ ...thought, text: 'ы'.repeat(140_000) }])],
    ['with more than 64 calls', answer(Array.from({ length: 65 }, (_none, at) => (at === 0 ? 'a' : `${at}`)))],
  ])('are not kept of a message %s', async (_name, message) => {
    await rememberReasoning(store, org, message);
    const chat = chatAfter(answer(['a']));
    expect(await recallReasoning(store, org, chat)).toBe(chat);
  });
});
