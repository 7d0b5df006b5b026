import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createdApiKey, serviceNames, tokenAnswer } from '@aggregator/contracts';
import { end, waitForLine } from '../bench/processes.ts';
import { type Services, startServices } from '../e2e/start-services.ts';
import { root } from '../tidy/source-files.ts';
import { claimPorts } from '../world/claim-ports.ts';
import { createManagementClient } from '../world/management-client.ts';
import { readMemoryLimit } from './chart-limits.ts';
import type { LoadOptions, Tenant } from './messages.ts';

/** The six services with the chart's heaps, a provider, and tenants that come from loopback addresses of their own. */
export interface HostileWorld {
  readonly services: Services;
  /** URLs whose 200 means that a service takes requests. */
  readonly readiness: readonly string[];
  readonly victims: readonly Tenant[];
  readonly attacker: Tenant;
  /** Starts `steady-load.ts` or `attacker.ts`; resolves when it is ready for an order. */
  startLoad(file: 'steady-load.ts' | 'attacker.ts', options: Omit<LoadOptions, 'baseUrl'>): Promise<ChildProcess>;
  stop(): Promise<void>;
}

const victimsCount = 4;

export async function startHostileWorld(): Promise<HostileWorld> {
  const ports = await claimPorts();
  const provider = spawn(process.execPath, [join(root, 'tests/hostile/provider.ts'), String(ports.base)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await waitForLine(provider, 'ready');
  const services = await startAll(ports.base).catch(async (error: unknown) => {
    await end(provider);
    await ports.release();
    throw error;
  });
  const { baseUrl } = services;
  const tenants = await Promise.all(
    Array.from({ length: victimsCount + 1 }, (_, at) => signUpFrom(baseUrl, `127.0.0.${at + 2}`)),
  );
  const [attacker, ...victims] = tenants;
  if (attacker === undefined) throw new Error('no tenant signed up');
  const started: ChildProcess[] = [];
  return {
    services,
    readiness: serviceNames.map((name) => services.urlOf(name)).map((url) => `${url}/health/ready`),
    victims,
    attacker,
    async startLoad(file, options) {
      const child = fork(join(root, 'tests/hostile', file), [JSON.stringify({ baseUrl, ...options })], {
        env: { PATH: process.env.PATH },
        execArgv: ['--disable-warning=ExperimentalWarning'],
      });
      started.push(child);
      await once(child, 'message');
      return child;
    },
    async stop() {
      await Promise.all(started.map(end));
      await services.stop();
      await end(provider);
      await ports.release();
    },
  };
}

function startAll(providerPort: number): Promise<Services> {
  return startServices(
    {
      MOCK_PROVIDER: 'false',
      CUSTOM_NAME: 'hostile',
      CUSTOM_BASE_URL: `http://127.0.0.1:${providerPort}/v1`,
      CUSTOM_API_KEY: 'hostile',
      CUSTOM_MODELS: 'hostile',
      CUSTOM_PRICES: '{"hostile":{"input":"0.1","output":"0.1"}}',
      SIGN_UP_CREDIT_NANO_USD: '1000000000000',
      LEASE_TARGET_NANO_USD: '10000000000',
    },
    (service, file, environment) =>
      spawn(process.execPath, [`--max-old-space-size=${readMemoryLimit(service).heapMiB}`, file], {
        cwd: root,
        env: { ...environment, NODE_ENV: 'production' },
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
  );
}

async function signUpFrom(baseUrl: string, address: string): Promise<Tenant> {
  const stranger = createManagementClient(baseUrl, null);
  const account = { email: `owner-${crypto.randomUUID()}@example.com`, password: crypto.randomUUID() };
  await stranger.request('POST', '/v1/auth/register', { ...account, name: 'Owner' });
  const { accessToken } = tokenAnswer.parse((await stranger.request('POST', '/v1/auth/login', account)).json);
  const session = createManagementClient(baseUrl, accessToken);
  const created = await session.request('POST', '/v1/auth/api-keys', { name: 'first' });
  return { apiKey: createdApiKey.parse(created.json).key, accessToken, address };
}
