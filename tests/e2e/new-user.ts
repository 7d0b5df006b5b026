import { createdApiKey, registerAnswer, tokenAnswer } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { expect } from '@jest/globals';
import OpenAI from 'openai';
import { createManagementClient } from '../world/management-client.ts';

/**
 * The first scenario of the product, as a stranger walks it: register → balance → create an API key → first AI request →
 * see the usage. The same walk on the embedded form and on real servers.
 */
export async function walkAsNewUser(baseUrl: string, model: string): Promise<void> {
  const stranger = createManagementClient(baseUrl, null);
  const email = `new-user-${crypto.randomUUID()}@example.com`;
  const password = `a long password ${crypto.randomUUID()}`;

  const registered = await stranger.request('POST', '/v1/auth/register', {
    email,
    password,
    name: 'New User',
    organization: 'Example',
  });
  expect(registered.status).toBe(201);
  expect(registerAnswer.parse(registered.json)).toMatchObject({ user: { email }, organization: { name: 'Example' } });

  const login = await stranger.request('POST', '/v1/auth/login', { email, password });
  expect(login.status).toBe(200);
  const session = createManagementClient(baseUrl, tokenAnswer.parse(login.json).accessToken);
  const before = await session.balance();
  expect(before).toMatchObject({ currency: 'USD', heldNanoUsd: '0' });
  expect(BigInt(before.balanceNanoUsd)).toBeGreaterThan(0n);

  const created = await session.request('POST', '/v1/auth/api-keys', { name: 'first' });
  expect(created.status).toBe(201);
  const { id, key } = createdApiKey.parse(created.json);

  const client = new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey: key, maxRetries: 0 });
  const completion = await client.chat.completions.create({
    model,
    messages: [{ role: 'user', content: 'My first request' }],
  });
  const cost = BigInt((completion.usage as unknown as { cost_nano_usd: string }).cost_nano_usd);
  expect(cost).toBeGreaterThan(0n);

  await waitFor(
    async () => {
      const [balance, dashboard] = await Promise.all([session.balance(), session.dashboard()]);
      return (
        BigInt(balance.balanceNanoUsd) === BigInt(before.balanceNanoUsd) - cost &&
        dashboard.totals.requests === 1 &&
        dashboard.totals.costNanoUsd === String(cost)
      );
    },
    { describe: () => 'the usage to be seen' },
  );
  expect((await session.transactions()).map((row) => row.amountNanoUsd)).toContain(`-${cost}`);

  const revoked = await session.request('DELETE', `/v1/auth/api-keys/${id}`);
  expect(revoked.status).toBe(204);
  await waitFor(async () => (await createManagementClient(baseUrl, key).request('GET', '/v1/models')).status === 401, {
    describe: () => 'the revoked key to be refused within a second (I3)',
  });
}
