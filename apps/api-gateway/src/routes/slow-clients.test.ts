import type { RequestListener } from 'node:http';
import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openMany, openRaw, type RawClient, readStatusLine, toHead } from '../testing/raw-client.ts';
import {
  answerJson,
  neighbourKey,
  serve,
  startGateway,
  type TestGateway,
  type TestServer,
  validKey,
} from '../testing/start-gateway.ts';

const chat = '/v1/chat/completions';
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
/** Short, so that a test sees the end of it. */
const slow = { BODY_WINDOW_MS: '1000', BODY_BYTES_PER_SECOND_MIN: '1024' };
/** Generous for a busy machine; without the guard these requests wait for a minute. */
const refusedWithinMs = 30_000;

describe('a client that sends its body slowly', () => {
  const clients: RawClient[] = [];
  const seen = { connections: 0, requests: 0 };
  let gateway: TestGateway | null = null;
  let service: TestServer | null = null;
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    await gateway?.stop();
    await service?.close();
    Object.assign(seen, { connections: 0, requests: 0 });
  });

  const listener: RequestListener = async (request, response) => {
    seen.requests += 1;
    let bytes = 0;
    for await (const part of request) bytes += part.length;
    answerJson(response, { bytes });
  };

  async function start(environment: Record<string, string>): Promise<TestGateway> {
    service = await serve(listener, '127.0.0.1', 0, () => (seen.connections += 1));
    const { url } = service;
    gateway = await startGateway(url, { BILLING_URL: url, ...environment });
    return gateway;
  }

  async function send(count: number, head: string): Promise<RawClient[]> {
    const opened = await openMany(count, () => openRaw(gateway?.service.port ?? 0, head));
    clients.push(...opened);
    return opened;
  }

  const arriving = () => waitFor(() => (gateway?.service.context.pools.bodies.count ?? 0) > 0, { describe: 'bodies' });

  it('takes no connection to a proxy, and the gateway stays ready (I12)', async () => {
    const { post, url } = await start({ BODY_WINDOW_MS: '60000' });
    await send(270, toHead(chat, { ...bearer(validKey), 'content-length': '70000' }, '{"'));
    await arriving();

    const others = await Promise.all([
      post(chat, '{}', bearer(neighbourKey)),
      post(chat, '{}', bearer(validKey)),
      fetch(`${url}/health/ready`),
      fetch(`${url}/v1/models`, { headers: bearer(neighbourKey) }),
    ]);

    expect(others.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(seen.connections).toBeLessThanOrEqual(4);
  });

  it('with chunked bodies takes room as the bytes arrive, and no room of another tenant (I12)', async () => {
    const { post, service: running } = await start({
      BODY_WINDOW_MS: '60000',
      GATEWAY_BODY_BYTES_IN_FLIGHT_MAX: '1048576',
    });
    await send(60, toHead(chat, { ...bearer(validKey), 'transfer-encoding': 'chunked' }, '5\r\n{"a":\r\n'));
    await arriving();
    await send(1, toHead(chat, { ...bearer(validKey), 'content-length': '12582912' }, '{'));

    const answer = await post(chat, Buffer.alloc(8 * 1024 * 1024), bearer(neighbourKey));

    expect(answer.status).toBe(200);
    expect(running.context.pools.aiBodies.taken).toBeLessThan(62 * 64 * 1024);
  });

  it.each([
    [chat, /"error":\{.*"code":"request_timeout"/],
    ['/v1/messages', /"type":"error".*"error_code":"request_timeout"/],
  ])('of %s gets 408 in the words of the surface, and its connection is closed', async (path, body) => {
    await start(slow);
    const [declared, chunked] = [
      ...(await send(1, toHead(path, { ...bearer(validKey), 'content-length': '70000' }, '{"'))),
      ...(await send(1, toHead(path, { ...bearer(validKey), 'transfer-encoding': 'chunked' }, '2\r\n{"\r\n'))),
    ];

    for (const client of [declared, chunked]) {
      await waitFor(() => client?.isClosed, { describe: 'the end of the connection' });
      expect(client?.text).toMatch(/^HTTP\/1\.1 408 /);
      expect(client?.text).toMatch(body);
    }
    expect(gateway?.service.context.pools.aiBodies.taken).toBe(0);
    expect(gateway?.service.context.pools.aiRequests.taken).toBe(0);
  });

  it('above the share of its key is refused at once with 429, and its neighbour is served (I12)', async () => {
    const { post } = await start({ BODY_WINDOW_MS: '60000', GATEWAY_REQUESTS_IN_FLIGHT_MAX: '32' });
    await send(9, toHead(chat, { ...bearer(validKey), 'content-length': '70000' }, '{"'));
    await waitFor(() => gateway?.service.context.pools.bodies.count === 9, { describe: 'nine bodies' });

    const startedMs = performance.now();
    const refused = await post(chat, '{}', bearer(validKey));

    expect(performance.now() - startedMs).toBeLessThan(refusedWithinMs);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await post(chat, '{}', bearer(neighbourKey))).status).toBe(200);
    const figures = await gateway?.service.context.metrics.read();
    expect(figures?.text).toMatch(/gateway_share_refusals_total\{pool="ai_requests",by="key",[^}]*\} 1/);
  });

  it('of a management route takes no connection to its service (I12)', async () => {
    const { url } = await start({ BODY_WINDOW_MS: '60000', MANAGEMENT_REQUESTS_IN_FLIGHT_MAX: '8' });
    await send(70, toHead('/v1/billing/top-ups', { ...bearer(validKey), 'content-length': '1000' }, '{'));
    await arriving();

    const answers = await Promise.all(
      [validKey, neighbourKey].map((key) => fetch(`${url}/v1/billing/balance`, { headers: bearer(key) })),
    );

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(seen.requests).toBe(2);
  });

  it('of a route without a credential gives its place to the next login from its address (I12)', async () => {
    const { url } = await start({ BODY_WINDOW_MS: '60000', PUBLIC_REQUESTS_PER_MINUTE: '100000' });
    const hundreds = await send(700, toHead('/v1/auth/login', { 'content-length': '1000' }, '{"email":"'));
    await waitFor(() => hundreds.some(({ isClosed }) => isClosed), { describe: 'the oldest to be cut' });

    const startedMs = performance.now();
    const login = await fetch(`${url}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"email":"a@example.com","password":"x"}',
    });

    expect(login.status).not.toBe(429);
    expect(login.status).not.toBe(503);
    expect(performance.now() - startedMs).toBeLessThan(refusedWithinMs);
    expect(gateway?.service.context.pools.publicBodiesWatch.count).toBeLessThanOrEqual(512);
  });

  it('after a refusal loses its connection instead of holding it', async () => {
    await start(slow);
    const [client] = await send(1, toHead(chat, { 'content-length': '70000' }, '{"'));
    if (client === undefined) throw new Error('no client');

    expect(await readStatusLine(client)).toBe('HTTP/1.1 401 Unauthorized');
    await waitFor(() => client.isClosed, { describe: 'the end of the connection' });
  });
});

describe('a whole body', () => {
  const opened: { close(): Promise<void> }[] = [];
  let gateway: TestGateway | null = null;
  afterEach(async () => {
    await gateway?.stop();
    await Promise.all(opened.splice(0).map((server) => server.close()));
  });

  it.each([
    ['of no bytes', 0],
    ['of one block', 1000],
    ['of many blocks', 3 * 1024 * 1024 + 17],
  ])('%s arrives at the proxy byte for byte with its length, and leaves no room taken', async (_name, length) => {
    const seen: { length: string | undefined; body: Buffer }[] = [];
    const proxy = await serve(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      seen.push({ length: request.headers['content-length'], body: Buffer.concat(parts) });
      answerJson(response, {});
    });
    opened.push(proxy);
    gateway = await startGateway(proxy.url);
    const body = Buffer.alloc(length, 'abcdefg');
    const chunked = new Blob([body]).stream();

    await gateway.post(chat, body);
    await gateway.post(chat, chunked);

    for (const request of seen) {
      expect(request.length).toBe(String(length));
      expect(request.body.equals(body)).toBe(true);
    }
    expect(seen).toHaveLength(2);
    await waitFor(() => gateway?.service.context.pools.aiBodies.taken === 0, { describe: 'the room to be free' });
  });

  it('of more than the limit is refused with 413, declared or counted', async () => {
    const proxy = await serve((_request, response) => answerJson(response, {}));
    opened.push(proxy);
    gateway = await startGateway(proxy.url, { REQUEST_BYTES_MAX: '1024' });
    const head = toHead(
      chat,
      { ...bearer(validKey), 'transfer-encoding': 'chunked' },
      `600\r\n${'x'.repeat(1536)}\r\n`,
    );

    expect((await gateway.post(chat, Buffer.alloc(1025))).status).toBe(413);
    const client = await openRaw(gateway.service.port, head);
    expect(await readStatusLine(client)).toMatch(/^HTTP\/1\.1 413/);
    await waitFor(() => client.isClosed, { describe: 'the end of the connection' });
  });
});
