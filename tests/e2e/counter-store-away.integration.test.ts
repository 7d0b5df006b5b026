import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createManagementClient } from '../world/management-client.ts';
import { type Relay, startRelay } from './relay-to-server.ts';
import { signUp } from './sign-up.ts';
import { type Services, startServices } from './start-services.ts';

let relay: Relay;
let services: Services;
beforeAll(async () => {
  const redis = new URL(process.env.REDIS_URL ?? '');
  relay = await startRelay({ host: redis.hostname, port: Number(redis.port || 6379) });
  redis.hostname = '127.0.0.1';
  redis.port = String(relay.port);
  services = await startServices({ REDIS_URL: redis.toString() });
});
afterAll(async () => {
  await services?.stop();
  await relay?.close();
});

describe('the counter store away', () => {
  it.each(['cut', 'hang'] as const)(
    '%s: requests succeed, each held in the ledger and charged once (I1, I2, I24)',
    async (how) => {
      const { apiKey } = await signUp(services.baseUrl);
      const client = createManagementClient(services.baseUrl, apiKey);
      const ask = () =>
        client.request('POST', '/v1/chat/completions', {
          model: 'mock-small',
          max_tokens: 5,
          messages: [{ role: 'user', content: 'Hello' }],
        });
      const before = BigInt((await client.balance()).balanceNanoUsd);
      expect((await ask()).status).toBe(200);

      relay.set(how);
      const away = await Promise.all(Array.from({ length: 10 }, ask));
      expect(away.map(({ status }) => status)).toEqual(Array(10).fill(200));
      relay.set('open');

      const costOf = ({ json }: { json: unknown }) =>
        BigInt((json as { usage: { cost_nano_usd: string } }).usage.cost_nano_usd);
      const spent = away.reduce((sum, answer) => sum + costOf(answer), costOf(away[0] ?? { json: null }));
      await waitFor(
        async () => {
          const { balanceNanoUsd, heldNanoUsd } = await client.balance();
          return BigInt(balanceNanoUsd) === before - spent && heldNanoUsd === '0';
        },
        { describe: 'every request to be charged, and nothing held' },
      );
      expect((await client.transactions()).filter(({ type }) => type === 'charge')).toHaveLength(11);
      await waitFor(async () => (await ask()).status === 200, { describe: 'requests as before' });
    },
  );
});
