import type { RequestListener } from 'node:http';
import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { answerJson, serve, startGateway, type TestGateway, type TestServer } from '../testing/start-gateway.ts';

const path = '/v1/chat/completions';
const large = Buffer.alloc(1024 * 1024, 'x');
const event = (text: string) => `data: ${JSON.stringify({ text })}\n\n`;

/**
 * Several addresses of this machine, one port: what a headless Service looks like to a gateway. No other test uses
 * them, so that no server listens where this test starts none.
 */
const hosts = ['127.7.0.1', '127.7.0.2', '127.7.0.3'] as const;
/** Who listens here keeps the port from those who listen at every address. */
const keeper = '127.7.0.4';

describe('a request to several proxies', () => {
  const opened: { close(): Promise<void> }[] = [];
  let gateway: TestGateway | null = null;
  afterEach(async () => {
    await gateway?.stop();
    await Promise.all(opened.splice(0).map((server) => server.close()));
  });

  async function open(listener: RequestListener, host: string = hosts[0], port?: number): Promise<TestServer> {
    const server = await serve(listener, host, port);
    opened.push(server);
    return server;
  }

  async function startBefore(port: number, addresses: { now: readonly string[] }): Promise<TestGateway> {
    const environment = { PROXY_DISCOVERY: 'dns', PROXY_DISCOVERY_INTERVAL_MS: '100' };
    gateway = await startGateway(`http://proxies:${port}`, environment, { resolveHost: async () => addresses.now });
    return gateway;
  }

  const countBytes =
    (seen: { requests: number }): RequestListener =>
    async (request, response) => {
      seen.requests += 1;
      let bytes = 0;
      for await (const part of request) bytes += part.length;
      answerJson(response, { bytes });
    };

  it.each([
    ['a small body', Buffer.from('{}')],
    ['a body that is streamed', large],
  ])('with %s goes whole to another where one takes no connection', async (_name, body) => {
    const seen = { requests: 0 };
    const { port } = await open(countBytes(seen), hosts[2]);
    const { post } = await startBefore(port, { now: hosts });

    for (const turn of [1, 2, 3, 4, 5, 6]) {
      const answer = await post(path, body);
      expect(await answer.json()).toEqual({ bytes: body.length });
      expect(seen.requests).toBe(turn);
    }
  });

  it('is refused with leave to retry where none takes a connection, and the gateway is not ready', async () => {
    const { port } = await open(() => undefined, keeper);
    const { post, url } = await startBefore(port, { now: hosts });

    const answer = await post(path, '{}');

    expect(answer.status).toBe(503);
    expect(answer.headers.get('x-should-retry')).toBe('true');
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
  });

  it('is never sent twice where its connection dies after it may have been read, since that costs money', async () => {
    const seen = { requests: 0 };
    const fail: RequestListener = (request) => {
      seen.requests += 1;
      request.socket.destroy();
    };
    const { port } = await open(fail, hosts[0]);
    await open(fail, hosts[1], port);
    const { post } = await startBefore(port, { now: hosts.slice(0, 2) });

    const answer = await post(path, '{}');

    expect(answer.status).toBe(503);
    expect(answer.headers.get('x-should-retry')).toBe('true');
    expect(seen.requests).toBe(1);
  });

  it('reaches a proxy that came a moment ago, and the gateway is ready with one of them alive', async () => {
    const addresses: { now: readonly string[] } = { now: [] };
    const { port } = await open(countBytes({ requests: 0 }));
    const { post, url } = await startBefore(port, addresses);
    expect((await fetch(`${url}/health/ready`)).status).toBe(503);
    addresses.now = [hosts[1], hosts[0]];

    await waitFor(async () => (await post(path, '{}')).status === 200, { describe: 'the new proxy' });

    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  });

  it('continues a stream of a proxy that is leaving, and sends it no new request', async () => {
    const ends: (() => void)[] = [];
    const asked = { leaving: 0 };
    const { port } = await open((request, response) => {
      asked.leaving += 1;
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event('begun'));
      ends.push(() => response.end(event('ended')));
    });
    await open(countBytes({ requests: 0 }), hosts[1], port);
    const addresses: { now: readonly string[] } = { now: [hosts[0]] };
    const { post, service } = await startBefore(port, addresses);
    const answer = await post(path, '{}');
    addresses.now = [hosts[1]];
    await waitFor(() => service.context.proxies.urls[0]?.includes(hosts[1]), { describe: 'the new list' });

    expect((await post(path, '{}')).status).toBe(200);
    for (const end of ends) end();

    expect(await answer.text()).toBe(event('begun') + event('ended'));
    expect(asked.leaving).toBe(1);
  });
});

describe('a gateway that must stop (I15)', () => {
  let gateway: TestGateway | null = null;
  let proxy: TestServer | null = null;
  afterEach(async () => {
    await gateway?.stop();
    await proxy?.close();
  });

  async function startBefore(listener: RequestListener, graceMs: number): Promise<TestGateway> {
    proxy = await serve(listener);
    gateway = await startGateway(proxy.url, { SHUTDOWN_GRACE_MS: String(graceMs) });
    return gateway;
  }

  it.each([
    ['/v1/chat/completions', /^data: \{"error":.*"code":"service_unavailable"/],
    ['/v1/messages', /^event: error\ndata: \{"type":"error","error":/],
    ['/v1/responses', /^event: error\ndata: \{"type":"error","code":"service_unavailable"/],
  ])('ends a stream of %s that outlasts the grace with an error event, after a whole event', async (route, last) => {
    const heard = { hasLeft: false };
    const { post, service, stop } = await startBefore((request, response) => {
      request.resume();
      response.once('close', () => {
        heard.hasLeft = true;
      });
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event('begun'));
    }, 2000);
    const answer = await post(route, '{}');
    expect((await service.context.metrics.read()).text).toMatch(/gateway_inflight_requests\{[^}]*\} 1/);

    const [text] = await Promise.all([answer.text(), stop()]);

    expect(text.startsWith(event('begun'))).toBe(true);
    expect(text.slice(event('begun').length)).toMatch(last);
    expect(text.endsWith('\n\n')).toBe(true);
    await waitFor(() => heard.hasLeft, { describe: 'the proxy to hear of it' });
    expect((await service.context.metrics.read()).text).toMatch(/streams_truncated_total\{[^}]*\} 1/);
  });

  it('sends the rest of half an event first', async () => {
    const [head, tail] = [event('cut here').slice(0, 9), event('cut here').slice(9)];
    const state: { finish: () => void } = { finish: () => undefined };
    const { post, service, stop } = await startBefore((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(head);
      state.finish = () => void response.write(tail + event('never sent'));
    }, 2500);
    const answer = await post(path, '{}');
    const text = answer.text();

    const stopped = stop();
    await waitFor(() => service.context.openAnswers.isCut, { describe: 'the cut' });
    state.finish();

    expect(await text).toMatch(/^data: \{"text":"cut here"\}\n\ndata: \{"error"/);
    await stopped;
  });

  it('answers 503 where no answer has begun, and lets one that ends in time end', async () => {
    const state = { end: () => undefined as unknown, isWaiting: false };
    const { post, stop } = await startBefore((request, response) => {
      request.resume();
      state.isWaiting = request.url === path;
      if (state.isWaiting) return;
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event('begun'));
      state.end = () => response.end(event('ended'));
    }, 2500);
    const ending = await post('/v1/embeddings', '{}');
    const waiting = post(path, '{}');
    await waitFor(() => state.isWaiting, { describe: 'the second request to arrive' });

    const stopped = stop();
    state.end();

    expect(await ending.text()).toBe(event('begun') + event('ended'));
    expect((await waiting).status).toBe(503);
    await stopped;
  });
});
