import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { countCharges } from './charges.ts';
import { type Installation, install } from './installation.ts';
import { compatibleProvider, keySecret, mockProvider } from './manifests.ts';

const minuteMs = 60_000;
const mockVendor = 'http://aggregator-mock-provider:3010/v1';

let installation: Installation;
beforeAll(async () => {
  installation = await install('aggregator-outages', {}, { keepsStores: true });
  await installation.apply(keySecret('vendor', 'vendor-key-1'), compatibleProvider('vendor', mockVendor, 'vendor'));
  await installation.kubectl(['wait', 'providers', '--all', '--for=condition=Programmed', '--timeout=60s']);
}, 500_000);
afterAll(() => installation?.remove(), 400_000);

async function ask(): Promise<string> {
  const client = new OpenAI({ baseURL: `${installation.gatewayUrl}/v1`, apiKey: installation.apiKey, maxRetries: 0 });
  const { data: _data, response } = await client.chat.completions
    .create({ model: 'vendor/mock-small', max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] })
    .withResponse();
  return response.headers.get('x-request-id') ?? '';
}

async function askTimes(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await ask());
  return ids;
}

async function scale(workload: string, replicas: number): Promise<void> {
  await installation.kubectl(['scale', workload, `--replicas=${replicas}`]);
  if (replicas === 0) {
    const name = workload.split('/')[1]?.replace(/^aggregator-/, '') ?? '';
    // Killed after a second, however long it would take to end by itself: this is an outage.
    const pods = ['pods', '-l', `app.kubernetes.io/name=${name}`];
    await installation.kubectl(['delete', ...pods, '--grace-period=1', '--ignore-not-found']);
    await installation.kubectl(['wait', ...pods, '--for=delete', '--timeout=50s']);
  } else await installation.kubectl(['rollout', 'status', workload, '--timeout=180s'], undefined, 200_000);
}

/** Without a part: what `meanwhile` does must hold. Afterwards requests are answered as before, within 30 s (I24). */
async function without<Result>(workload: string, meanwhile: () => Promise<Result>): Promise<Result> {
  await ask();
  await scale(workload, 0);
  try {
    return await meanwhile();
  } finally {
    await scale(workload, 1);
    await waitFor(ask, { timeoutMs: 30_000, describe: `answers after ${workload} is back` });
  }
}

const expectCharged = async (ids: readonly string[]) =>
  expect(new Set(await countCharges(installation, ids, 2 * minuteMs))).toEqual(new Set([1]));

describe('while a part is away', () => {
  it(
    'the operator: what is declared is served, what is new waits, and is served when it is back',
    async () => {
      await without('deployment/aggregator-provider-operator', async () => {
        await installation.apply(mockProvider('late'));
        await askTimes(5);
        const conditions = await installation.kubectl([
          'get',
          'provider',
          'late',
          '-o',
          'jsonpath={.status.conditions}',
        ]);
        expect(conditions).toBe('');
      });
      await installation.kubectl(
        ['wait', 'provider/late', '--for=condition=Programmed', '--timeout=60s'],
        undefined,
        70_000,
      );
    },
    5 * minuteMs,
  );

  it(
    'the orchestrator: requests are served, also by a proxy that starts without it, with keys that it kept',
    async () => {
      const ids = await without('deployment/aggregator-provider-orchestrator', async () => {
        const before = await askTimes(3);
        await installation.kubectl(['delete', 'pod', 'aggregator-proxy-0'], undefined, 150_000);
        await installation.kubectl(
          ['rollout', 'status', 'statefulset/aggregator-proxy', '--timeout=120s'],
          undefined,
          130_000,
        );
        await waitFor(ask, { timeoutMs: 30_000, describe: 'an answer of the new proxy' });
        return [...before, ...(await askTimes(3))];
      });
      await expectCharged(ids);
    },
    6 * minuteMs,
  );

  it(
    'auth: a key that is known is believed for a while',
    async () => {
      await expectCharged(await without('deployment/aggregator-auth', () => askTimes(5)));
    },
    5 * minuteMs,
  );

  it(
    'billing: requests are served out of what was leased, and charged when it is back',
    async () => {
      await expectCharged(await without('deployment/aggregator-billing', () => askTimes(20)));
    },
    5 * minuteMs,
  );

  it(
    'Kafka: requests are served, and charged when it is back (I11)',
    async () => {
      await expectCharged(await without('deployment/kafka', () => askTimes(20)));
    },
    6 * minuteMs,
  );

  it(
    'PostgreSQL: requests are served by what is known and leased, and charged when it is back',
    async () => {
      await expectCharged(await without('deployment/postgres', () => askTimes(5)));
    },
    6 * minuteMs,
  );

  // The last one: when it is back, gateways forget what they knew of keys, since a revocation may have been missed (I3).
  it(
    'Redis, which loses its data: the ledger holds for each request',
    async () => {
      await expectCharged(await without('deployment/redis', () => askTimes(20)));
    },
    5 * minuteMs,
  );
});
