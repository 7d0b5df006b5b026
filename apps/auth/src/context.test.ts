import { createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { createMemoryInvalidationChannel } from '@aggregator/invalidation';
import { createIdentitySigner, createInternalKeyring, createLogger, startService } from '@aggregator/service-kit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { authService } from './index.ts';

const secret = 's'.repeat(43);

describe('auth without its database', () => {
  let hole: Server;
  const sockets = new Set<Socket>();
  let stop: () => Promise<void> = async () => undefined;
  let deadUrl: string;
  let hungUrl: string;

  beforeAll(async () => {
    hole = createServer((socket) => sockets.add(socket));
    await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
    const address = hole.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    hungUrl = `postgresql://user:canary-password@127.0.0.1:${address.port}/auth`;
    deadUrl = 'postgresql://user:canary-password@127.0.0.1:1/auth';
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => hole.close(resolve));
  });

  afterEach(() => stop());

  async function startWithout(databaseUrl: string) {
    const log: string[] = [];
    const stream = new PassThrough().on('data', (line: Buffer) => log.push(line.toString()));
    const config = authService.readConfig({
      AUTH_PORT: '0',
      INTERNAL_SIGNING_KEY: secret,
      KEY_PEPPER: secret,
      AUTH_JWT_PRIVATE_KEY: secret,
      AUTH_DATABASE_URL: databaseUrl,
    });
    const service = await startService(authService, config, {
      invalidation: createMemoryInvalidationChannel(),
      logger: createLogger({ service: 'auth', level: 'debug', stream }),
    });
    stop = () => service.stop();
    const peer = await createIdentitySigner(createInternalKeyring(secret), 'api-gateway').signPeer('auth');
    const post = async (path: string, body: unknown) => {
      const response = await fetch(new URL(path, service.url), {
        method: 'POST',
        headers: { 'x-aggregator-peer': peer, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, text: await response.text() };
    };
    return { service, post, readLog: () => log.join('') };
  }

  it.each(['dead', 'hung'])(
    'answers 503 in bounded time when the database is %s, and says nothing of it',
    async (state) => {
      const { post, readLog } = await startWithout(state === 'dead' ? deadUrl : hungUrl);

      const answers = await Promise.all([
        post('/internal/keys/verify', { keySha256: '0'.repeat(64) }),
        post('/v1/auth/login', { email: 'a@example.com', password: 'x' }),
        post('/v1/auth/refresh', { refreshToken: 'agr_x' }),
      ]);

      for (const { status, headers, text } of answers) {
        expect(status).toBe(503);
        expect(headers.get('retry-after')).toBe('1');
        expect(text).toContain('service_unavailable');
        expect(text).not.toMatch(/127\.0\.0\.1|prisma|canary|connect/i);
      }
      expect(readLog()).not.toContain('canary');
    },
    30_000,
  );

  it('is alive but not ready', async () => {
    const { service } = await startWithout(deadUrl);

    expect((await fetch(new URL('/health/live', service.url))).status).toBe(200);
    expect((await fetch(new URL('/health/ready', service.url))).status).toBe(503);
    expect((await fetch(new URL('/.well-known/jwks.json', service.url))).status).toBe(200);
  });
});

describe('createAuthContext', () => {
  it('says which variable is missing where nothing carries invalidations', async () => {
    const config = authService.readConfig({
      INTERNAL_SIGNING_KEY: secret,
      KEY_PEPPER: secret,
      AUTH_JWT_PRIVATE_KEY: secret,
      AUTH_DATABASE_URL: 'postgresql://127.0.0.1:1/auth',
    });
    await expect(authService.createContext(config)).rejects.toThrow('REDIS_URL');
  });
});
