import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { createServer } from 'node:net';
import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openRaw, type RawClient } from '../testing/raw-client.ts';
import { answerJson, serve, startGateway, type TestGateway, validKey } from '../testing/start-gateway.ts';

const path = '/v1/billing/keys';
const patient = { connectMs: 60_000, answerMs: 60_000 };
const credential = { authorization: `Bearer ${validKey}` };

describe('a service of the management API', () => {
  const opened: { close(): unknown }[] = [];
  const clients: RawClient[] = [];
  afterEach(async () => {
    for (const { socket } of clients.splice(0)) socket.destroy();
    for (const part of opened.splice(0).reverse()) await part.close();
  });

  async function startBefore(url: string, managementDeadlines = patient): Promise<TestGateway> {
    const gateway = await startGateway(url, { BILLING_URL: url }, { managementDeadlines });
    opened.push({ close: () => gateway.stop() });
    return gateway;
  }

  async function start(listener: RequestListener, deadlines = patient): Promise<TestGateway> {
    const service = await serve(listener);
    opened.push(service);
    return await startBefore(service.url, deadlines);
  }

  async function ask(gateway: TestGateway, headers: Record<string, string> = {}): Promise<RawClient> {
    const lines = Object.entries({ ...credential, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    const client = await openRaw(gateway.service.port, `GET ${path} HTTP/1.1\r\nhost: test\r\n${lines.join('')}\r\n`);
    clients.push(client);
    return client;
  }

  const isFree = (gateway: TestGateway) =>
    waitFor(() => gateway.service.context.management.billing.requests.taken === 0, { describe: 'the place' });

  it.each([
    ['with a length', { 'content-length': '100' }],
    ['in chunks', {}],
  ])('that ends in the middle of an answer %s gives a torn connection, and no whole answer', async (_name, head) => {
    const gateway = await start((_request, response) => {
      response.writeHead(200, head);
      response.write('{"half":', () => response.destroy());
    });

    const client = await ask(gateway);
    await waitFor(() => client.isClosed, { describe: 'the end of the connection' });

    expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(client.text).toMatch(/\{"half":(\r\n)?$/);
    await isFree(gateway);
  });

  it('that stops in the middle of an answer loses its connection after the deadline', async () => {
    const gateway = await start((_request, response) => void response.writeHead(200).write('{"half":'), {
      ...patient,
      answerMs: 100,
    });

    const client = await ask(gateway);
    await waitFor(() => client.isClosed, { describe: 'the end of the connection' });

    expect(client.text).toMatch(/\{"half":\r\n$/);
    await isFree(gateway);
  });

  it('that never answers gives 503 after the deadline, and its call is ended (I12)', async () => {
    let ended = 0;
    const gateway = await start((_request, response) => response.once('close', () => (ended += 1)), {
      ...patient,
      answerMs: 100,
    });

    const answer = await fetch(`${gateway.url}${path}`, { headers: credential });

    expect(answer.status).toBe(503);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(await answer.json()).toMatchObject({ status: 503, code: 'service_unavailable' });
    await waitFor(() => ended === 1, { describe: 'the end of the call' });
    await isFree(gateway);
  });

  it('that opens no connection gives 503 after the deadline, and the request may be repeated', async () => {
    let connections = 0;
    const silent = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined).resume();
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    opened.push(silent);
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const gateway = await startBefore(`https://127.0.0.1:${port}`, { ...patient, connectMs: 100 });
    const key = { 'idempotency-key': 'k' };

    const statuses = [(await gateway.post(path, '{}', key)).status, (await gateway.post(path, '{}', key)).status];

    expect(statuses).toEqual([503, 503]);
    expect(connections).toBe(2);
    await isFree(gateway);
  });

  it('receives only the headers that are listed, and so does the client', async () => {
    let seen: IncomingMessage['headers'] = {};
    const gateway = await start((request, response) => {
      seen = request.headers;
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.setHeader('x-internal', 'secret');
      response.setHeader('x-request-id', 'of the service');
      response.setHeader('location', '/v1/billing/keys/1');
      response.setHeader('connection', 'close');
      response.statusMessage = 'Internal Words';
      answerJson(response, {});
    });

    const client = await ask(gateway, {
      cookie: 'a=1',
      'x-forwarded-for': '192.0.2.9',
      accept: 'text/html',
      te: 'gzip',
    });
    await waitFor(() => client.text.includes('{}'), { describe: 'the answer' });

    expect(Object.keys(seen).sort()).toEqual([
      ...['accept', 'connection', 'host', 'x-aggregator-principal', 'x-forwarded-for', 'x-request-id'],
    ]);
    expect(seen['x-forwarded-for']).toBe('127.0.0.1');
    expect(client.text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(client.text).toContain('location: /v1/billing/keys/1\r\n');
    expect(client.text).toContain('Connection: keep-alive\r\n');
    expect(client.text).toContain(`x-request-id: ${seen['x-request-id']}\r\n`);
    expect(client.text).not.toMatch(/set-cookie|x-internal|of the service/i);
  });

  it('loses its call when the client leaves', async () => {
    let [begun, ended] = [0, 0];
    const gateway = await start((_request, response) => {
      begun += 1;
      response.once('close', () => (ended += 1));
    });
    const client = await ask(gateway);
    await waitFor(() => begun === 1, { describe: 'the request' });

    client.socket.destroy();

    await waitFor(() => ended === 1, { describe: 'the end of the call' });
    await isFree(gateway);
  });

  it('is held up while the client does not read, beyond the deadline and within the room of its caller (I12)', async () => {
    const bytes = 32 * 1024 * 1024;
    let isSilent = false;
    const gateway = await start((_request, response) => void (isSilent || response.end(Buffer.alloc(bytes))), {
      ...patient,
      answerMs: 1000,
    });
    const client = await ask(gateway);
    client.socket.pause();
    const { unreadBytes } = gateway.service.context.pools;
    await waitFor(() => unreadBytes.taken > 0, { describe: 'the room to be taken' });
    expect(unreadBytes.taken).toBeLessThan(1024 * 1024);
    let body = 0;
    client.socket.on('data', (chunk: Buffer) => {
      body += chunk.length;
    });

    isSilent = true;
    expect((await fetch(`${gateway.url}${path}`, { headers: credential })).status).toBe(503);
    client.socket.resume();

    await waitFor(() => body > bytes, { describe: 'the whole answer' });
    expect(client.isClosed).toBe(false);
    await waitFor(() => unreadBytes.taken === 0, { describe: 'the room to be free' });
  });

  it('receives a body of many blocks byte for byte with its length', async () => {
    const seen: { length: string | undefined; body: Buffer }[] = [];
    const gateway = await start(async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      seen.push({ length: request.headers['content-length'], body: Buffer.concat(parts) });
      answerJson(response, {});
    });
    const body = Buffer.alloc(700_001, 'abcdefg');

    await gateway.post(path, new Blob([body]).stream());
    await gateway.post(path, body, { 'idempotency-key': 'k' });
    await gateway.post(path, '');

    expect(seen.map(({ length }) => length)).toEqual(['700001', '700001', '0']);
    expect(seen.map((request) => request.body.equals(body))).toEqual([true, true, false]);
    const { managementBodies } = gateway.service.context.pools;
    await waitFor(() => managementBodies.taken === 0, { describe: 'the room to be free' });
  });
});
