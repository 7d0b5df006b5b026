import { type createApiKeyRequest, createdApiKey } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI, { AuthenticationError, NotFoundError, RateLimitError } from 'openai';
import { createManagementClient } from './management-client.ts';
import { startWorld, type World } from './start-world.ts';

const hello = [{ role: 'user' as const, content: 'Hello' }];

describe('an unmodified OpenAI SDK', () => {
  let world: World;
  let client: OpenAI;
  /** Requests that were answered and cost something. */
  let answered = 0;
  const connect = (apiKey: string) =>
    new OpenAI({
      baseURL: `${world.baseUrl}/v1`,
      apiKey,
      maxRetries: 0,
      async fetch(url, init) {
        const answer = await fetch(url, init);
        if (answer.ok && init?.method?.toUpperCase() === 'POST') answered += 1;
        return answer;
      },
    });

  beforeAll(async () => {
    world = await startWorld();
    client = connect(world.apiKey);
  });
  afterAll(() => world.destroy());

  it('lists models with their prices', async () => {
    const models = await Array.fromAsync(client.models.list());

    expect(models.map((model) => model.id)).toEqual(
      expect.arrayContaining(['mock-small', 'mock-large', 'mock-embedding']),
    );
    expect(models.find((model) => model.id === 'mock-small')).toMatchObject({
      pricing: { prompt: '0.00000015', completion: '0.0000006' },
    });
  });

  it('chats, and receives the cost of the answer', async () => {
    const completion = await client.chat.completions.create({ model: 'mock-small', messages: hello });

    expect(completion.choices[0]?.message.content).toEqual(expect.stringMatching(/\S/));
    expect(completion).toMatchObject({ model: 'mock-small', provider: 'mock', cost: expect.any(Number) });
    const { prompt_tokens: input, completion_tokens: output } = completion.usage ?? {
      prompt_tokens: 0,
      completion_tokens: 0,
    };
    const picoUsd = BigInt(input) * 150_000n + BigInt(output) * 600_000n;
    expect(completion.usage).toMatchObject({ cost_nano_usd: String((picoUsd + 999n) / 1000n) });
  });

  it('streams the same answer, ending whole, with usage where it was asked for', async () => {
    const plain = await client.chat.completions.create({ model: 'mock-small', messages: hello });
    const stream = await client.chat.completions.create({
      model: 'mock-small',
      messages: hello,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await Array.fromAsync(stream);

    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? '').join('')).toBe(
      plain.choices[0]?.message.content,
    );
    expect(chunks.some((chunk) => chunk.choices[0]?.finish_reason === 'stop')).toBe(true);
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: plain.usage,
      provider: 'mock',
      cost: expect.any(Number),
    });
  });

  it('embeds one text and many', async () => {
    const one = await client.embeddings.create({ model: 'mock-embedding', input: 'Hello' });
    const many = await client.embeddings.create({ model: 'mock-embedding', input: ['Hello', 'World'] });

    expect(one.data).toHaveLength(1);
    expect(many.data).toHaveLength(2);
    expect(many.data[0]?.embedding).toEqual(one.data[0]?.embedding);
    expect(many.data[1]?.embedding).not.toEqual(one.data[0]?.embedding);
  });

  it('gets AuthenticationError for a bad key and NotFoundError for an unknown model', async () => {
    const request = { model: 'mock-small', messages: hello };

    await expect(connect('agk_live_wrong').chat.completions.create(request)).rejects.toThrow(AuthenticationError);
    await expect(client.chat.completions.create({ ...request, model: 'no-such-model' })).rejects.toThrow(NotFoundError);
  });

  it('gets RateLimitError, and when to come back, for a key over its limit', async () => {
    const admin = await signIn(world);
    const created = await admin.request('POST', '/v1/auth/api-keys', {
      name: 'limited',
      limits: { requestsPerMinute: 2 },
    } satisfies typeof createApiKeyRequest._input);
    const limited = connect(createdApiKey.parse(created.json).key);
    const request = { model: 'mock-small', messages: hello };
    await limited.chat.completions.create(request);
    await limited.chat.completions.create(request);

    const refused = await limited.chat.completions.create(request).catch((error: unknown) => error);

    expect(refused).toBeInstanceOf(RateLimitError);
    expect(refused).toMatchObject({ code: 'rate_limit_exceeded' });
    expect(Number((refused as RateLimitError).headers?.get('retry-after'))).toBeGreaterThan(0);
  });

  it('sees that very request in balance, transactions and dashboard within 2 s, exact to the nano-USD', async () => {
    const management = createManagementClient(world.baseUrl, world.apiKey);
    const read = async () => {
      const [balance, dashboard] = await Promise.all([management.balance(), management.dashboard()]);
      const { requests, costNanoUsd } = dashboard.totals;
      return { balance: BigInt(balance.balanceNanoUsd), spent: BigInt(costNanoUsd), requests };
    };
    await waitFor(
      async () => {
        const { balance, spent, requests } = await read();
        return requests === answered && balance + spent === 100_000_000_000n;
      },
      { describe: () => `the ${answered} earlier requests to be posted` },
    );
    const before = await read();

    const { data: completion, response } = await client.chat.completions
      .create({ model: 'mock-large', messages: hello })
      .withResponse();
    const cost = BigInt((completion.usage as unknown as { cost_nano_usd: string }).cost_nano_usd);

    await waitFor(
      async () => {
        const after = await read();
        return after.balance === before.balance - cost && after.spent === before.spent + cost;
      },
      { describe: () => 'balance and dashboard to show the request' },
    );
    const transactions = await management.transactions();
    expect(transactions[0]).toMatchObject({
      type: 'charge',
      requestId: response.headers.get('x-request-id'),
      amountNanoUsd: `-${cost}`,
    });
  });
});

async function signIn(world: World) {
  const stranger = createManagementClient(world.baseUrl, null);
  const login = await stranger.request('POST', '/v1/auth/login', {
    email: world.adminEmail,
    password: world.adminPassword,
  });
  return createManagementClient(world.baseUrl, (login.json as { accessToken: string }).accessToken);
}
