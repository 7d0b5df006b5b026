import {
  adviceAnswer,
  chargeExplanation,
  modelList,
  priceChange,
  priceRuleChange,
  shownOrganization,
  tokenAnswer,
} from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signUp } from '../e2e/sign-up.ts';
import { createManagementClient, type ManagementClient } from './management-client.ts';
import { startWorld, type World } from './start-world.ts';

const model = 'mock-small';
const prompt = { model, messages: [{ role: 'user', content: 'hello there' }], max_tokens: 20 };

describe('prices for customers', () => {
  let world: World;
  let operator: ManagementClient;
  beforeAll(async () => {
    world = await startWorld();
    const { adminEmail: email, adminPassword: password } = world;
    const login = await createManagementClient(world.baseUrl, null).request('POST', '/v1/auth/login', {
      email,
      password,
    });
    operator = createManagementClient(world.baseUrl, tokenAnswer.parse(login.json).accessToken);
  });
  afterAll(() => world.destroy());

  /** Returns the id of the request. */
  const ask = async (apiKey: string) => {
    const answer = await fetch(`${world.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(prompt),
    });
    await answer.text();
    return answer.headers.get('x-request-id');
  };

  const promptPriceOf = async (caller: ManagementClient) =>
    modelList.parse((await caller.request('GET', '/v1/models')).json).data.find(({ id }) => id === model)?.pricing
      .prompt;

  it('explain a request that was rejected before any provider saw it', async () => {
    const { apiKey, session } = await signUp(world.baseUrl);
    const answer = await fetch(`${world.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...prompt, model: 'no-such-model' }),
    });
    const path = `/v1/billing/explain/${answer.headers.get('x-request-id')}`;
    await waitFor(async () => (await session.request('GET', path)).status === 200, { describe: 'the rejection' });

    expect(chargeExplanation.parse((await session.request('GET', path)).json)).toMatchObject({
      ...{ outcome: 'rejected', rejection: { code: 'model_not_found', param: 'model' }, amountNanoUsd: '0' },
    });
  });

  it('lead to advice on identical requests that a provider has served twice', async () => {
    const { apiKey, session } = await signUp(world.baseUrl);
    const [first, second] = [await ask(apiKey), await ask(apiKey)];
    const period = new Date().toISOString().slice(0, 7);
    const paths = [first, second].map((id) => `/v1/billing/explain/${id}`);
    const isCharged = async (path: string) => (await session.request('GET', path)).status === 200;
    await waitFor(async () => (await Promise.all(paths.map(isCharged))).every(Boolean), { describe: 'both charges' });
    const { json } = await session.request('GET', `/v1/billing/advice?period=${period}`);
    const answer = adviceAnswer.parse(json);

    expect(answer).toMatchObject({ period, requests: 2 });
    expect(answer.data).toContainEqual(
      expect.objectContaining({ kind: 'repeated_requests', requests: 1, examples: [second], wouldCostNanoUsd: '0' }),
    );
  });

  it('hold, charge, explain and list what the organisation pays by its own rule', async () => {
    const own = await signUp(world.baseUrl);
    const other = await signUp(world.baseUrl);
    const { id: organizationId } = shownOrganization.parse(
      (await own.session.request('GET', '/v1/auth/organization')).json,
    );
    const set = await operator.request('POST', '/v1/orchestrator/prices', {
      ...{ provider: 'mock', model, price: { input: '10', output: '20' } },
    });
    const { price } = priceChange.parse(set.json);
    const rule = { organizationId, models: 'mock/*', multiplierPpm: 1_500_000 };
    priceRuleChange.parse((await operator.request('POST', '/v1/orchestrator/price-rules', rule)).json);
    const caller = createManagementClient(world.baseUrl, own.apiKey);
    const stranger = createManagementClient(world.baseUrl, other.apiKey);
    await waitFor(async () => (await promptPriceOf(caller)) === '0.000015', { describe: 'the rule at the proxy' });
    expect(await promptPriceOf(stranger)).toBe('0.00001');

    for (const [client, { session }, factor] of [
      [caller, own, 3n],
      [stranger, other, 2n],
    ] as const) {
      const { status, json } = await client.request('POST', '/v1/chat/completions', prompt);
      expect(status).toBe(200);
      const { usage, id } = json as { id: string; usage: Record<string, number> & { cost_nano_usd: string } };
      const cost = (BigInt(usage.prompt_tokens ?? 0) * 5000n + BigInt(usage.completion_tokens ?? 0) * 10_000n) * factor;
      expect(BigInt(usage.cost_nano_usd)).toBe(cost);
      await waitFor(async () => (await session.transactions()).some((row) => row.amountNanoUsd === `-${cost}`), {
        describe: () => `the charge of ${id}`,
      });
      const charged = (await session.transactions()).find((row) => row.amountNanoUsd === `-${cost}`);
      const explained = await session.request('GET', `/v1/billing/explain/${charged?.requestId}`);
      const { priceVersion, lines, amountNanoUsd } = chargeExplanation.parse(explained.json);
      expect(priceVersion).toBe(factor === 3n ? `${price.version}~x1500000` : price.version);
      expect(lines[0]?.ratePicoUsd).toBe(String(5_000_000n * factor));
      expect(amountNanoUsd).toBe(String(cost));
    }
  });
});
