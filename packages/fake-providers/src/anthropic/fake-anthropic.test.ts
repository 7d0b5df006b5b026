import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type FakeProviderServer, startFakeProvider } from '../fake-provider-server.ts';
import { createFakeAnthropic, type FakeAnthropic } from './index.ts';

const open: FakeProviderServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

/** The vendor's own client in front of the fake. */
async function start(apiKey = 'sk-ant-fake'): Promise<{ client: Anthropic; fake: FakeAnthropic; url: string }> {
  const fake = createFakeAnthropic();
  const server = await startFakeProvider(fake.listener);
  open.push(server);
  return {
    client: new Anthropic({ apiKey, baseURL: server.url, maxRetries: 0, timeout: 10_000 }),
    fake,
    url: server.url,
  };
}

const user = (content: string) => ({ role: 'user' as const, content });
const tool = (name: string) => ({
  name,
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } } },
});

describe('the fake of Anthropic, to the vendor’s own client', () => {
  it('answers the same plain and streamed, and charges the same', async () => {
    const { client, fake } = await start();
    const request = { model: 'claude-haiku-5-5', max_tokens: 50, messages: [user('Hello there #words=7')] };
    const plain = await client.messages.create(request);
    const streamed = await client.messages.stream(request).finalMessage();
    expect(plain.content).toMatchObject([{ type: 'text', text: expect.stringContaining('You said: Hello there') }]);
    expect(streamed.content).toMatchObject(plain.content.map(({ type }) => ({ type })));
    expect(streamed.usage.output_tokens).toBe(plain.usage.output_tokens);
    expect(fake.ledger.records.map(({ state, outputTokens }) => ({ state, outputTokens }))).toEqual(
      Array.from({ length: 2 }, () => ({ state: 'completed', outputTokens: plain.usage.output_tokens })),
    );
  });

  it('calls tools, takes their results and wants its thinking back unchanged', async () => {
    const { client } = await start();
    const tools = [tool('weather'), tool('clock')];
    const first = {
      model: 'claude-opus-5-5',
      max_tokens: 500,
      tools,
      messages: [user('Brno #tools #think #redacted')],
    };
    const answer = await client.messages.stream(first).finalMessage();
    expect(answer.content.map(({ type }) => type)).toEqual(['thinking', 'redacted_thinking', 'tool_use', 'tool_use']);
    const calls = answer.content.flatMap((block) => (block.type === 'tool_use' ? [block.id] : []));
    const results = calls.map((id) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'sunny' }));
    const turns = [...first.messages, { role: 'assistant' as const, content: answer.content }];
    const next = await client.messages.create({ ...first, messages: [...turns, { role: 'user', content: results }] });
    expect(next.content).toMatchObject([{ text: 'The tools say: sunnysunny' }]);
    const changed = answer.content.map((block) => (block.type === 'thinking' ? { ...block, thinking: 'x' } : block));
    const broken = [
      user('a'),
      { role: 'assistant' as const, content: changed },
      { role: 'user' as const, content: results },
    ];
    await expect(client.messages.create({ ...first, messages: broken })).rejects.toMatchObject({ status: 400 });
  });

  it('reads from its cache what it has written up to a mark', async () => {
    const { client } = await start();
    const system = [
      {
        type: 'text' as const,
        text: 'A long book.',
        cache_control: { type: 'ephemeral' as const, ttl: '1h' as const },
      },
    ];
    const ask = (text: string) =>
      client.messages.create({ model: 'claude-haiku-5-5', max_tokens: 50, system, messages: [user(text)] });
    const { usage: written } = await ask('Who?');
    const { usage: read } = await ask('Why?');
    expect(written.cache_creation).toEqual({ ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 3 });
    expect(read).toMatchObject({ cache_read_input_tokens: 3, cache_creation_input_tokens: 0 });
    expect(read.input_tokens).toBe(written.input_tokens);
  });

  it('counts tokens, lists models and ends as the prompt asks', async () => {
    const { client } = await start();
    const prompt = { model: 'claude-haiku-4-5', messages: [user('one two three END four')] };
    const { input_tokens: counted } = await client.messages.countTokens(prompt);
    const ask = (more: object) => client.messages.create({ ...prompt, max_tokens: 50, ...more });
    const stopped = await ask({ stop_sequences: ['END'] });
    expect(stopped).toMatchObject({
      stop_reason: 'stop_sequence',
      stop_sequence: 'END',
      usage: { input_tokens: counted },
    });
    expect(await ask({ max_tokens: 2 })).toMatchObject({ stop_reason: 'max_tokens', usage: { output_tokens: 2 } });
    expect(await ask({ messages: [user('#refuse')] })).toMatchObject({
      stop_reason: 'refusal',
      stop_details: { category: 'cyber' },
    });
    expect((await client.models.list()).data.map(({ id }) => id)).toContain('claude-opus-5-5');
  });

  it('refuses a wrong key, an unknown model and what is too much, with the vendor’s types', async () => {
    const { client, url } = await start();
    const ask = (more: object, by = client) =>
      by.messages.create({ model: 'claude-haiku-4-5', max_tokens: 50, messages: [user('Hello')], ...more });
    const stranger = new Anthropic({ apiKey: 'wrong', baseURL: url, maxRetries: 0 });
    await expect(ask({}, stranger)).rejects.toMatchObject({ status: 401, type: 'authentication_error' });
    await expect(ask({ model: 'claude-9' })).rejects.toMatchObject({ status: 404, type: 'not_found_error' });
    await expect(ask({ messages: [user('#overloaded')] })).rejects.toMatchObject({
      status: 529,
      type: 'overloaded_error',
    });
    await expect(ask({ messages: [user('#rate-limit')] })).rejects.toMatchObject({
      status: 429,
      type: 'rate_limit_error',
    });
    await expect(ask({ messages: [user('#too-long')] })).rejects.toThrow('prompt is too long');
  });

  it('breaks its streams when the prompt asks for it', async () => {
    const { client, fake } = await start();
    const request = { model: 'claude-haiku-4-5', max_tokens: 50 };
    const read = (text: string) => client.messages.stream({ ...request, messages: [user(text)] }).finalMessage();
    await expect(read('#error-event')).rejects.toThrow('Overloaded');
    await expect(read('#cut')).rejects.toThrow();
    expect(fake.ledger.records.map(({ state }) => state)).toEqual(['failed', 'failed']);
  });
});
