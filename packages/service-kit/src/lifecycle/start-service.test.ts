import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Writable } from 'node:stream';
import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { commonVariables } from '../config/common-variables.ts';
import { readConfig } from '../config/read-config.ts';
import { createExpressApp } from '../http/create-express-app.ts';
import { createLogger } from '../log/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import { DrainableServer } from './drainable-server.ts';
import type { ServiceDefinition } from './service-definition.ts';
import { type RunningService, startService } from './start-service.ts';

const config = readConfig(commonVariables('auth', 0), {
  LOG_LEVEL: 'error',
  SHUTDOWN_GRACE_MS: '5000',
  INTERNAL_SIGNING_KEY: randomBytes(32).toString('base64url'),
});

function define(options: { isReady: () => boolean; release?: Promise<void>; started?: Promise<void> }) {
  const closed: string[] = [];
  const definition: ServiceDefinition<typeof config, Awaited<ReturnType<typeof createContext>>> = {
    name: 'auth',
    variables: {},
    readConfig: () => config,
    createContext,
    createApp: (context) =>
      createExpressApp(context, (app) => {
        app.get('/slow', async (_request, response) => {
          response.write('begun');
          await options.release;
          response.end(' and ended');
        });
        app.get('/broken', () => {
          throw new Error('secret detail');
        });
      }),
  };
  async function createContext() {
    return {
      logger: createLogger({ service: 'auth', level: 'error', stream: silent() }),
      metrics: createMetrics('auth'),
      readinessChecks: {
        database: async () => {
          if (!options.isReady()) throw new Error('down');
        },
      },
      start: async () => await options.started,
      close: async () => void closed.push('context'),
    };
  }
  return { definition, closed };
}

const silent = () => new Writable({ write: (_chunk, _encoding, done) => done() });

describe('a service', () => {
  let running: RunningService<unknown> | null = null;
  afterEach(async () => {
    await running?.stop();
    running = null;
  });

  it('is alive in any state of its dependencies, and ready only with them', async () => {
    const state = { isReady: false };
    running = await startService(define({ isReady: () => state.isReady }).definition, config);

    expect((await fetch(`${running.url}/health/live`)).status).toBe(200);
    expect((await fetch(`${running.url}/health/ready`)).status).toBe(503);
    state.isReady = true;
    expect((await fetch(`${running.url}/health`)).status).toBe(200);
    expect(await (await fetch(`${running.url}/metrics`)).text()).toContain('http_request_duration_seconds');
  });

  it('answers unknown paths and its own faults as problems that reveal nothing', async () => {
    running = await startService(define({ isReady: () => true }).definition, config);

    const missing = await fetch(`${running.url}/nowhere`);
    const broken = await fetch(`${running.url}/broken`);

    expect(missing.status).toBe(404);
    expect(missing.headers.get('content-type')).toContain('application/problem+json');
    expect(broken.status).toBe(500);
    expect(await broken.text()).not.toContain('secret detail');
  });

  it('finishes the answer in hand before it stops, and takes no new connection meanwhile (I15)', async () => {
    const [gate, release] = createGate();
    const { definition, closed } = define({ isReady: () => true, release: gate });
    const service = await startService(definition, config);
    const answer = await fetch(`${service.url}/slow`);

    const stopped = service.stop();
    await expect(connect(service.port)).rejects.toThrow(/ECONNREFUSED/);
    expect(closed).toEqual([]);
    release();

    expect(await answer.text()).toBe('begun and ended');
    await stopped;
    expect(closed).toEqual(['context']);
  });
});

describe('a service with a port for health and metrics', () => {
  const withAdmin = { ...config, adminPort: 0 };

  it('serves them there, and nothing of them at the port that is open to others', async () => {
    const service = await startService(define({ isReady: () => true }).definition, withAdmin);

    for (const path of ['/health', '/health/live', '/health/ready', '/health/startup', '/metrics']) {
      expect((await fetch(`${service.adminUrl}${path}`)).status).toBe(200);
      expect((await fetch(`${service.url}${path}`)).status).toBe(404);
    }
    expect((await fetch(`${service.adminUrl}/broken`)).status).toBe(404);
    await service.stop();
  });

  it('is alive while it starts, however long that takes, and ready when it has started', async () => {
    const [started, start] = createGate();
    const adminPort = await findFreePort();
    const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${adminPort}${path}`)).status;

    const starting = startService(define({ isReady: () => true, started }).definition, { ...config, adminPort });

    await waitFor(async () => (await statusOf('/health/live')) === 200, { describe: 'the process to be alive' });
    expect(await statusOf('/health/ready')).toBe(503);
    expect(await statusOf('/health/startup')).toBe(503);
    start();
    const service = await starting;
    expect(await statusOf('/health/ready')).toBe(200);
    expect(await statusOf('/health/startup')).toBe(200);
    await service.stop();
  });

  it('is alive and not ready while it drains, and answers there to the very end (I15)', async () => {
    const [gate, release] = createGate();
    const { definition } = define({ isReady: () => true, release: gate });
    const service = await startService(definition, withAdmin);
    const answer = await fetch(`${service.url}/slow`);
    const statusOf = async (path: string) => (await fetch(`${service.adminUrl}${path}`)).status;

    const stopped = service.stop();

    expect(await statusOf('/health/live')).toBe(200);
    expect(await statusOf('/health/ready')).toBe(503);
    expect(await statusOf('/metrics')).toBe(200);
    release();
    await answer.text();
    await stopped;
    await expect(statusOf('/health/live')).rejects.toThrow();
  });

  it('leaves no port open where it cannot start', async () => {
    const adminPort = await findFreePort();
    const { definition, closed } = define({ isReady: () => true, started: Promise.reject(new Error('no database')) });

    await expect(startService(definition, { ...config, adminPort })).rejects.toThrow('no database');

    expect(closed).toEqual(['context']);
    await expect(connect(adminPort)).rejects.toThrow(/ECONNREFUSED/);
  });
});

function createGate(): [Promise<void>, () => void] {
  const { promise, resolve } = Promise.withResolvers<void>();
  return [promise, resolve];
}

async function findFreePort(): Promise<number> {
  const server = new DrainableServer(() => undefined);
  const port = await server.listen('127.0.0.1', 0);
  await server.destroy();
  return port;
}

function connect(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/health/live', agent: false }, (answer) =>
      resolve(answer.statusCode ?? 0),
    )
      .once('error', reject)
      .end();
  });
}
