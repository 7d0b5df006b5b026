import { createApiKey } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openRaw } from '../testing/raw-client.ts';
import {
  answerJson,
  serve,
  startGateway,
  type TestGateway,
  type TestServer,
  validKey,
} from '../testing/start-gateway.ts';

const limit = 20;
const invent = (number: number) => createApiKey(Buffer.alloc(32, `invented ${number}`));

describe('credentials that are refused', () => {
  const opened: TestServer[] = [];
  let gateway: TestGateway | null = null;
  afterEach(async () => {
    await gateway?.stop();
    await Promise.all(opened.splice(0).map((server) => server.close()));
  });

  async function start(environment: Record<string, string> = {}): Promise<TestGateway> {
    const service = await serve((request, response) => {
      request.resume();
      answerJson(response, {});
    });
    opened.push(service);
    gateway = await startGateway(service.url, {
      ...{ AUTH_FAILURES_PER_MINUTE: String(limit), BILLING_URL: service.url, TRUSTED_PROXY_HOPS: '1' },
      ...environment,
    });
    return gateway;
  }

  const ask = async (credential: string, address = '192.0.2.1', path = '/v1/models') => {
    const headers = { authorization: `Bearer ${credential}`, 'x-forwarded-for': address };
    const answer = await fetch(`${gateway?.url}${path}`, { headers });
    await answer.arrayBuffer();
    return answer.status;
  };
  const askMany = (count: number, address?: (number: number) => string, path?: string) =>
    Promise.all(Array.from({ length: count }, (_, number) => ask(invent(number), address?.(number), path)));
  const count = (statuses: readonly number[], status: number) => statuses.filter((found) => found === status).length;

  it.each([['/v1/models'], ['/v1/billing/balance']])(
    'are looked up no more often than the limit of their address, at %s',
    async (path) => {
      const { lookUps: before } = await start();

      const statuses = await askMany(100, undefined, path);

      expect(count(statuses, 401)).toBeLessThanOrEqual(limit + 2);
      expect(count(statuses, 401) + count(statuses, 429)).toBe(100);
      expect((gateway?.lookUps ?? 0) - before).toBeLessThanOrEqual(limit + 2);
    },
  );

  it('do not lock out a good key behind the same address, also when auth has to be asked about it again', async () => {
    const { service } = await start();
    expect(await ask(validKey)).toBe(200);
    await askMany(100);
    expect(await ask(invent(1000))).toBe(429);

    expect(await ask(validKey)).toBe(200);
    service.context.keyVerdicts.forgetAll();
    expect(await ask(validKey)).toBe(200);
    expect(await ask(validKey, '198.51.100.1')).toBe(200);
  });

  it('are not counted while a good key that is new to the gateway is looked up for many requests at once', async () => {
    await start();

    const statuses = await Promise.all(Array.from({ length: 10 * limit }, () => ask(validKey)));

    expect(count(statuses, 200)).toBe(10 * limit);
    expect(gateway?.lookUps).toBe(1);
  });

  it('count for a whole /64 of IPv6', async () => {
    await start();

    const statuses = await askMany(100, (number) => `2001:db8:0:1::${(number + 1).toString(16)}`);

    expect(count(statuses, 401)).toBeLessThanOrEqual(limit + 2);
    expect(await ask(invent(1000), '2001:db8:0:2::1')).toBe(401);
  });

  it('count as tokens and malformed texts too', async () => {
    await start();

    const statuses = await Promise.all(Array.from({ length: 60 }, (_, number) => ask(`a${number}.b.c`)));
    expect(count(statuses, 429)).toBeGreaterThanOrEqual(60 - limit - 2);
    expect(await ask('nonsense')).toBe(429);
  });

  it.each([['/v1/auth/login'], ['/v1/auth/register'], ['/v1/auth/refresh']])(
    'has a limit for each address at %s, before its service is asked',
    async (path) => {
      const asked = { count: 0 };
      const auth = await serve((request, response) => {
        if (request.url === path) asked.count += 1;
        request.resume();
        answerJson(response, { epoch: 1 });
      });
      opened.push(auth);
      await start({ PUBLIC_REQUESTS_PER_MINUTE: '10', AUTH_URL: auth.url });
      const post = async (address: string) => {
        const headers = { 'content-type': 'application/json', 'x-forwarded-for': address };
        const answer = await fetch(`${gateway?.url}${path}`, { method: 'POST', headers, body: '{}' });
        await answer.arrayBuffer();
        return answer.status;
      };

      const statuses = await Promise.all(Array.from({ length: 40 }, () => post('192.0.2.1')));

      expect(count(statuses, 429)).toBeGreaterThanOrEqual(29);
      expect(asked.count).toBeLessThanOrEqual(11);
      expect(await post('192.0.2.2')).toBe(200);
    },
  );

  it('reads the absolute form of a target on both sorts of routes', async () => {
    const { service } = await start();
    const head = (target: string) =>
      `GET ${target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${validKey}\r\nconnection: close\r\n\r\n`;

    for (const target of ['http://x/v1/models', 'http://x/v1/billing/balance?limit=1', 'http://x/health/live']) {
      const client = await openRaw(service.port, head(target));
      await waitFor(() => client.isClosed, { describe: 'the answer' });
      expect(client.text).toMatch(/^HTTP\/1\.1 200 /);
    }
  });
});
