import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Writable } from 'node:stream';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createExpressApp } from '../http/create-express-app.ts';
import { createLogger } from '../log/logger.ts';
import { createMetrics } from '../metrics/metrics.ts';
import type { ServiceDefinition } from './service-definition.ts';
import { type RunningService, startService } from './start-service.ts';

const config = {
  host: '127.0.0.1',
  port: 0,
  logLevel: 'error' as const,
  shutdownGraceMs: 5000,
  internalSigningKey: randomBytes(32).toString('base64url'),
};

function define(options: { isReady: () => boolean; release?: Promise<void> }) {
  const closed: string[] = [];
  const definition: ServiceDefinition<typeof config, Awaited<ReturnType<typeof createContext>>> = {
    name: 'auth',
    readConfig: () => config,
    createContext,
    createApp: (context) =>
      createExpressApp('auth', context, (app) => {
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
      start: async () => undefined,
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

  it('is alive whatever its dependencies do, and ready only with them', async () => {
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
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
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

function connect(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path: '/health/live', agent: false }, (answer) =>
      resolve(answer.statusCode ?? 0),
    )
      .once('error', reject)
      .end();
  });
}
