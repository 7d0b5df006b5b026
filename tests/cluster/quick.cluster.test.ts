import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { createManagementClient } from '../world/management-client.ts';
import { kubectl } from './commands.ts';
import { type Installation, install } from './installation.ts';
import { compatibleProvider, keySecret, mockProvider } from './manifests.ts';
import { startSteadyLoad } from './steady-load.ts';

let installation: Installation;
const mockVendor = 'http://aggregator-mock-provider:3010/v1';

beforeAll(async () => {
  installation = await install('aggregator-quick', {
    services: { 'mock-provider': { env: { MOCK_API_KEY_PREFIX: 'vendor-key-' } } },
  });
}, 400_000);
afterAll(() => installation?.remove(), 400_000);

const openAi = () =>
  new OpenAI({ baseURL: `${installation.gatewayUrl}/v1`, apiKey: installation.apiKey, maxRetries: 0 });
const ask = (model: string) =>
  openAi().chat.completions.create({ model, max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }] });
const waitForCondition = (name: string, condition: string) =>
  installation.kubectl(['wait', `provider/${name}`, `--for=condition=${condition}`, '--timeout=30s']);

describe('an installation by Helm', () => {
  it('is ready in less than three minutes, in a namespace that enforces the restricted standard', async () => {
    expect(installation.readyAfterMs).toBeLessThan(180_000);
    const pods = await installation.kubectl([
      'get',
      'pods',
      '-l',
      'app.kubernetes.io/part-of=aggregator',
      '-o',
      'name',
    ]);
    expect(pods.trim().split('\n').length).toBeGreaterThanOrEqual(7);
  });

  it('serves a Provider to the unmodified OpenAI SDK within two seconds of kubectl apply', async () => {
    const startedMs = performance.now();
    await installation.apply(mockProvider('rehearsal'));
    await waitFor(() => ask('rehearsal/mock-small'), { timeoutMs: 10_000, describe: 'an answer' });
    const tookMs = performance.now() - startedMs;

    await waitForCondition('rehearsal', 'Programmed');
    expect(tookMs).toBeLessThan(2000);
    const table = await installation.kubectl(['get', 'providers']);
    expect(table).toMatch(/rehearsal\s+Mock\s+True\s+Ready\s+3\s+1\/1/);
  });

  it('charges what it serves', async () => {
    const client = createManagementClient(installation.gatewayUrl, installation.apiKey);
    const before = BigInt((await client.balance()).balanceNanoUsd);
    const answer = await ask('rehearsal/mock-small');
    const cost = BigInt((answer.usage as unknown as { cost_nano_usd: string }).cost_nano_usd);
    await waitFor(async () => BigInt((await client.balance()).balanceNanoUsd) === before - cost, {
      timeoutMs: 10_000,
      describe: 'the charge to be in the ledger',
    });
    expect(cost).toBeGreaterThan(0n);
  });

  it('takes a rotated key without one failed request', async () => {
    await installation.apply(keySecret('vendor', 'vendor-key-1'), compatibleProvider('vendor', mockVendor, 'vendor'));
    await waitForCondition('vendor', 'Programmed');
    const load = startSteadyLoad({
      ...{ baseUrl: installation.gatewayUrl, apiKey: installation.apiKey, models: ['vendor/mock-small'] },
      ...{ workers: 4, requestsMax: 20_000 },
    });
    const resourceVersion = async () =>
      (
        await installation.kubectl([
          'get',
          'provider',
          'vendor',
          '-o',
          'jsonpath={.status.credentials[0].secretResourceVersion}',
        ])
      ).trim();
    const before = await resourceVersion();
    await waitFor(() => load.answered > 20, { timeoutMs: 20_000, describe: 'load' });

    await installation.apply(keySecret('vendor', 'vendor-key-2'));

    await waitFor(async () => (await resourceVersion()) !== before, { timeoutMs: 10_000, describe: 'the new key' });
    await waitForCondition('vendor', 'Programmed');
    const answered = load.answered;
    await waitFor(() => load.answered > answered + 20, { timeoutMs: 20_000, describe: 'load after it' });
    await load.stop();
    expect(load.failures).toEqual([]);
  });

  it('says of a key that the vendor refuses, and of no other', async () => {
    await installation.apply(keySecret('refused', 'stolen'), compatibleProvider('refused', mockVendor, 'refused'));
    await waitForCondition('refused', 'Programmed');
    await expect(ask('refused/mock-small')).rejects.toMatchObject({ status: 502, code: 'upstream_misconfigured' });

    await waitForCondition('refused', 'CredentialsValid=False');
    await waitForCondition('vendor', 'CredentialsValid');
    expect((await ask('vendor/mock-small')).model).toBe('mock-small');
  });

  it('leaves the custom resources where they are when it is uninstalled', async () => {
    await installation.uninstall();

    const left = await installation.kubectl(['get', 'providers', '-o', 'name']);
    expect(left.trim().split('\n').sort()).toEqual(
      ['refused', 'rehearsal', 'vendor'].map((name) => `provider.aggregator.dev/${name}`),
    );
    await kubectl(['get', 'crd', 'providers.aggregator.dev']);
  });
});
