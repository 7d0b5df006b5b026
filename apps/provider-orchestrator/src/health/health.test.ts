import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { providerDetail, providerPage } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createOrchestratorBench,
  encryptionKey,
  manage,
  type ReadStream,
  readStream,
  type TestOrchestrator,
  versionsOf,
} from '../testing/start-orchestrator.ts';

const lastHealth = (stream: ReadStream) => stream.lines.findLast((line) => line.kind === 'health')?.unhealthy;

describe('the health of providers', () => {
  const bench = createOrchestratorBench();
  let server: Server;
  let orchestrator: TestOrchestrator;
  let origin: string;
  /** True if the provider breaks off every connection. */
  let isDown = false;
  const seenKeys = new Set<string | undefined>();

  beforeAll(async () => {
    server = createServer((request, response) => {
      seenKeys.add(request.headers.authorization);
      if (isDown) return void request.socket.destroy();
      response.writeHead(request.headers.authorization?.includes('good') ? 200 : 401).end('{"data":[]}');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    orchestrator = await bench.start({
      environment: {
        OPENAI_API_KEY: 'sk-good',
        OPENAI_BASE_URL: origin,
        PROVIDER_PROBE_INTERVAL_MS: '10',
        PROVIDER_BASE_URL_ALLOWLIST: '127.0.0.1',
        CREDENTIALS_ENCRYPTION_KEY: encryptionKey,
      },
    });
  });
  afterAll(async () => {
    await bench.closeAll();
    server.closeAllConnections();
    server.close();
  });

  const healthOf = async (name: string) =>
    providerDetail.parse((await manage(orchestrator, 'GET', `/providers/${name}`)).body).health;
  const readState = (name: string) => orchestrator.context.health.read(name).state;

  it('is found with the key of the environment, and reported', async () => {
    await waitFor(() => readState('openai') === 'healthy', { describe: 'a successful probe' });
    const page = providerPage.parse((await manage(orchestrator, 'GET', '/providers')).body);

    expect(page.data[0]?.health).toMatchObject({ state: 'healthy', reason: null });
    expect(page.data[0]?.health.lastProbeAt).not.toBeNull();
    expect(seenKeys).toContain('Bearer sk-good');
  });

  it('goes to proxies when it changes, and never as a version of the snapshot', async () => {
    const stream = await readStream(orchestrator.url, 'proxy-0');
    await waitFor(() => versionsOf(stream).length === 1, { describe: 'the snapshot' });
    isDown = true;
    await waitFor(() => lastHealth(stream)?.includes('openai') === true, { describe: 'the outage to be reported' });
    expect(await healthOf('openai')).toMatchObject({ state: 'unhealthy', reason: 'upstream_unreachable' });

    isDown = false;
    await waitFor(() => lastHealth(stream)?.length === 0, { describe: 'the recovery to be reported' });
    expect(await healthOf('openai')).toMatchObject({ state: 'healthy' });
    expect(versionsOf(stream)).toHaveLength(1);
    stream.close();
  });

  it('is found out with keys that are stored, and is bad where none of them is taken', async () => {
    const make = (name: string, apiKeys: string[]) =>
      manage(orchestrator, 'POST', '/providers', { name, type: 'OpenAI', baseUrl: origin, apiKeys, models: [] });
    await make('stored', ['sk-bad', 'sk-good-stored']);
    await make('refused', ['sk-bad']);
    await waitFor(() => readState('stored') === 'healthy' && readState('refused') === 'unhealthy', {
      describe: 'both to be judged',
    });

    expect(seenKeys).toContain('Bearer sk-good-stored');
    expect(await healthOf('refused')).toMatchObject({ reason: 'upstream_misconfigured (401)' });
  });

  it('is found out soon after a key was replaced, however seldom providers are asked', async () => {
    const seldom = await bench.start({
      environment: {
        PROVIDER_PROBE_INTERVAL_MS: '3600000',
        PROVIDER_BASE_URL_ALLOWLIST: '127.0.0.1',
        CREDENTIALS_ENCRYPTION_KEY: encryptionKey,
      },
    });
    const facts = { name: 'rekeyed', type: 'OpenAI', baseUrl: origin, apiKeys: ['sk-bad'], models: [] };
    const read = () => seldom.context.health.read('rekeyed');
    await manage(seldom, 'POST', '/providers', facts);
    await waitFor(() => read().reason === 'upstream_misconfigured (401)', { describe: 'the key to be refused' });

    await manage(seldom, 'PATCH', '/providers/rekeyed', { apiKeys: ['sk-good-again'] });

    await waitFor(() => read().state === 'healthy', { describe: 'the new key to be taken' });
  });

  it('stays good when a list of models fails and proxies are served live', async () => {
    let models = 500;
    let probes = 0;
    const broken = createServer((_request, response) => {
      probes += 1;
      response.writeHead(models, { location: '/elsewhere' }).end();
    });
    await new Promise<void>((resolve) => {
      broken.listen(0, '127.0.0.1', resolve);
    });
    const baseUrl = `http://127.0.0.1:${(broken.address() as AddressInfo).port}`;
    const report = (p95Ms: number | null) =>
      orchestrator.context.reports.record({
        ...{ proxyId: 'proxy-1', instance: 'pod', snapshot: null, requestsInFlight: 0 },
        providers: [
          { provider: 'listless', breaker: 'closed', attempts: 3, failures: 0, p95Ms, inFlight: 0, unauthorized: 0 },
        ],
      });
    report(100);
    await manage(orchestrator, 'POST', '/providers', {
      ...{ name: 'listless', type: 'OpenAI', baseUrl, apiKeys: ['sk-good'], models: [] },
    });
    for (const status of [500, 302, 403]) {
      models = status;
      const before = probes;
      await waitFor(() => probes >= before + 6, { describe: 'six probes that fail' });
      expect(readState('listless')).toBe('healthy');
    }
    report(null);
    await waitFor(() => readState('listless') === 'unhealthy', { describe: 'the probes to count again' });
    report(100);
    await waitFor(() => readState('listless') === 'healthy', { describe: 'the live answer to outrank them' });
    await manage(orchestrator, 'DELETE', '/providers/listless');
    broken.close();
  });

  it('is forgotten with the provider, and unknown of one that is switched off', async () => {
    await manage(orchestrator, 'DELETE', '/providers/refused');
    await manage(orchestrator, 'PATCH', '/providers/stored', { enabled: false });
    await waitFor(() => readState('refused') === 'unknown' && readState('stored') === 'unknown', {
      describe: 'both to be forgotten',
    });
    expect(orchestrator.context.health.unhealthy).toEqual([]);
  });
});
