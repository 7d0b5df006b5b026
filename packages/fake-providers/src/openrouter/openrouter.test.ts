import { adapterFor } from '@aggregator/providers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FakeProviderServer, startFakeProvider } from '../fake-provider-server.ts';
import { describeFake } from '../testing/describe-fake.ts';
import { FakeClient } from '../testing/fake-client.ts';
import { createFakeOpenRouter } from './index.ts';

describeFake('the fake of OpenRouter', {
  adapter: adapterFor('OpenRouter'),
  fake: createFakeOpenRouter({ credential: 'sk-or-right' }),
  path: '/api/v1',
  credential: 'sk-or-right',
  chatModel: 'anthropic/claude-sonnet-4.6',
  visionModel: 'openai/gpt-4o-mini',
  embeddingModel: 'openai/text-embedding-3-small',
});

describe('OpenRouter through its adapter', () => {
  const fake = createFakeOpenRouter({ credential: 'sk-or-right' });
  const user = (content: string) => [{ role: 'user' as const, content }];
  let server: FakeProviderServer;
  let client: FakeClient;

  beforeAll(async () => {
    server = await startFakeProvider(fake.listener);
    const rest = { model: 'anthropic/claude-sonnet-4.6', maxOutputTokens: null, attemptId: 'a/1', options: {} };
    const baseUrl = `${server.url}/api/v1`;
    client = new FakeClient(adapterFor('OpenRouter'), { baseUrl, credential: 'sk-or-right', ...rest });
  });
  afterAll(() => server.close());

  it('sends what it alone knows, and never what is ours', async () => {
    const content = [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral', ttl: '1h' } }];
    const { error, droppedParams } = await client.ask({
      messages: [{ role: 'user', content }],
      top_k: 5,
      reasoning: { max_tokens: 2000 },
      provider: { order: ['anthropic'] },
      models: ['openai/gpt-4o-mini'],
      strict: true,
      usage: { include: true },
    });
    expect({ error, droppedParams }).toEqual({ error: null, droppedParams: ['usage'] });
    expect(fake.ledger.records.at(-1)?.request).toEqual({
      model: 'anthropic/claude-sonnet-4.6',
      messages: [{ role: 'user', content }],
      top_k: 5,
      reasoning: { max_tokens: 2000 },
    });
  });

  it('shows thinking under our word, plain and streamed, and nothing of its price', async () => {
    const [plain, streamed] = [
      await client.ask({ messages: user('Hello') }),
      await client.stream({ messages: user('Hello') }),
    ];
    expect(plain.reasoning).toBe('The user wants to talk about this: Hello');
    expect(streamed.reasoning).toBe(plain.reasoning);
    expect(JSON.stringify([plain, streamed])).not.toMatch(/cost|byok/);
  });

  it('gets its thinking back with a signature, and would not take another', async () => {
    const { text, details } = await client.ask({ messages: user('Hello') });
    const answer = { role: 'assistant' as const, content: text, reasoning_details: Object(details) };
    const messages = [...user('Hello'), answer, ...user('Bye')];
    expect((await client.ask({ messages })).error).toBeNull();
    const forged = [{ type: 'reasoning.text' as const, text: 'x', signature: 'y', format: 'anthropic-claude-v1' }];
    const wrong = [...user('Hello'), { ...answer, reasoning_details: forged }, ...user('Bye')];
    expect((await client.ask({ messages: wrong })).error?.code).toBe('upstream_rejected');
  });

  it('gets every effort and every way of turning it off in a form that it takes', async () => {
    for (const effort of ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']) {
      for (const asked of [{ reasoning_effort: effort }, { reasoning: { effort } }]) {
        const { error, reasoning } = await client.ask({ messages: user('Hello'), ...asked });
        expect({ asked, error, thinks: reasoning !== '' }).toEqual({ asked, error: null, thinks: effort !== 'none' });
      }
    }
    const off = await client.ask({ messages: user('Hello'), reasoning: { enabled: false } });
    expect(off).toMatchObject({ error: null, reasoning: '' });
  });

  it('draws by its own address of pictures, charged by tokens', async () => {
    const drawn = await client
      .with({ model: 'openai/gpt-image-1' })
      .draw({ prompt: 'A horse', response_format: 'b64_json', user: 'u' });
    expect(drawn).toMatchObject({ usage: { inputUncached: 2, imageOut: 272 } });
    expect(fake.ledger.records.at(-1)).toMatchObject({ path: '/api/v1/images' });
  });
});
