import type { ServerResponse } from 'node:http';
import { Agent, request as sendRequest } from 'node:http';
import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  limitedKey,
  neighbourKey,
  serve,
  startGateway,
  type TestGateway,
  type TestServer,
  validKey,
} from '../testing/start-gateway.ts';

const path = '/v1/chat/completions';
const event = 'data: {"text":"begun"}\n\n';
const streams = 2000;

describe('many streams at once (I12)', () => {
  const agent = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });
  const held: ServerResponse[] = [];
  let gateway: TestGateway | null = null;
  let proxy: TestServer | null = null;
  afterEach(async () => {
    for (const response of held.splice(0)) response.end();
    agent.destroy();
    await gateway?.stop();
    await proxy?.close();
  });

  async function start(environment: Record<string, string> = {}): Promise<TestGateway> {
    proxy = await serve((request, response) => {
      request.resume();
      if (request.url === '/health/live') {
        response.end();
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write(event);
      held.push(response);
    });
    gateway = await startGateway(proxy.url, environment);
    return gateway;
  }

  /** Resolves with the status and the first bytes of the body; `end` resolves with the rest. */
  function openStream(key: string): Promise<{ status: number; first: string; end: Promise<string> }> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'content-length': '2' };
      const asked = sendRequest(`${gateway?.url}${path}`, { method: 'POST', agent, headers }, (answer) => {
        let text = '';
        const end = new Promise<string>((ended) => answer.once('end', () => ended(text)));
        answer.once('data', (chunk: Buffer) =>
          resolve({ status: answer.statusCode ?? 0, first: chunk.toString(), end }),
        );
        answer.on('data', (chunk: Buffer) => {
          text += chunk.toString();
        });
      });
      asked.once('error', reject);
      asked.end('{}');
    });
  }

  const openStreams = (count: number, key: string) => Promise.all(Array.from({ length: count }, () => openStream(key)));

  it('are carried by one gateway and one connection each, two thousand of one key, and all end whole', async () => {
    const { url, post, service } = await start();

    const opened = await openStreams(streams, validKey);

    expect(opened.filter(({ status, first }) => status === 200 && first === event)).toHaveLength(streams);
    expect(service.context.openAnswers.count).toBe(streams);
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    const other = await post(path, '{}', { authorization: `Bearer ${neighbourKey}` });
    expect(other.status).toBe(200);
    for (const response of held.splice(0)) response.end('data: [DONE]\n\n');
    await other.text();
    const texts = await Promise.all(opened.map(({ end }) => end));
    expect(texts.filter((text) => text.endsWith('[DONE]\n\n'))).toHaveLength(streams);
    await waitFor(() => service.context.pools.aiRequests.taken === 0, { describe: 'the places to be free' });
  });

  it('beyond the limit of a key are refused before a proxy has them, and served again when one has ended', async () => {
    const { post, service, url } = await start();
    const authorization = `Bearer ${limitedKey}`;
    await openStreams(2, limitedKey);

    const refused = await post(path, '{}', { authorization });

    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await refused.json()).toMatchObject({
      error: { code: 'rate_limit_exceeded', message: expect.stringContaining('More than 2 requests at once') },
    });
    expect(held).toHaveLength(2);
    expect((await fetch(`${url}/v1/models`, { headers: { authorization } })).status).toBe(200);
    expect((await post('/v1/messages/count_tokens', '{}', { authorization })).status).toBe(200);
    for (const response of held.splice(0)) response.end('data: [DONE]\n\n');
    await waitFor(() => service.context.pools.open.size === 0, { describe: 'the streams to be over' });
    expect((await post(path, '{}', { authorization })).status).toBe(200);
  });

  it('of one key that arrive together reach a proxy up to its limit and no further', async () => {
    const { post } = await start();
    const authorization = `Bearer ${limitedKey}`;

    const answers = await Promise.all(Array.from({ length: 40 }, () => post(path, '{}', { authorization })));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(38);
    expect(held).toHaveLength(2);
  });

  it('beyond the share of an organisation are refused at once, and another one is served', async () => {
    const { post } = await start({ GATEWAY_REQUESTS_IN_FLIGHT_MAX: '64' });
    await openStreams(18, validKey);

    const startedMs = performance.now();
    const refused = await post(path, '{}');

    expect(performance.now() - startedMs).toBeLessThan(30_000);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await post(path, '{}', { authorization: `Bearer ${neighbourKey}` })).status).toBe(200);
  });
});

describe('a client that reads nothing of a stream (I12)', () => {
  let gateway: TestGateway | null = null;
  let proxy: TestServer | null = null;
  afterEach(async () => {
    await gateway?.stop();
    await proxy?.close();
  });

  it('holds up its own stream at the proxy, and little of it is kept', async () => {
    const chunk = Buffer.alloc(16 * 1024, 'x');
    const state = { written: 0, isHeldUp: false };
    proxy = await serve((request, response) => {
      request.resume();
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const write = (): void => {
        while (state.written < 256 * 1024 * 1024) {
          state.written += chunk.length;
          if (!response.write(chunk)) {
            state.isHeldUp = true;
            return;
          }
        }
      };
      response.on('drain', () => {
        state.isHeldUp = false;
        write();
      });
      write();
    });
    gateway = await startGateway(proxy.url);
    const answer = await gateway.post(path, '{}');
    const before = { written: -1, looks: 0 };

    await waitFor(
      () => {
        before.looks = state.isHeldUp && before.written === state.written ? before.looks + 1 : 0;
        before.written = state.written;
        return before.looks > 50;
      },
      { describe: 'the proxy to be held up' },
    );

    expect(state.written).toBeLessThan(64 * 1024 * 1024);
    await answer.body?.cancel();
  });
});
