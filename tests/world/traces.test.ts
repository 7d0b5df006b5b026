import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type OtlpSink, startOtlpSink, waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createManagementClient } from './management-client.ts';
import { startWorld, type World } from './start-world.ts';

const canary = 'canary-in-the-prompt';
const traceId = 'c'.repeat(32);
const chat = { choices: [{ index: 0, message: { role: 'assistant', content: canary }, finish_reason: 'stop' }] };
const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };

describe('the trace of a request', () => {
  let sink: OtlpSink;
  let provider: Server;
  let world: World;
  /** Headers that the provider received, by the try. */
  const received: (string | undefined)[] = [];

  beforeAll(async () => {
    sink = await startOtlpSink();
    provider = createServer((request, response) => {
      request.resume();
      if (request.method !== 'POST') return void response.end('{"object":"list","data":[]}');
      received.push(String(request.headers.traceparent));
      response.writeHead(received.length === 1 ? 500 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm1', ...chat, usage }));
    });
    provider.listen(0, '127.0.0.1');
    await once(provider, 'listening');
    const address = provider.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    world = await startWorld({
      OTEL_EXPORTER_OTLP_ENDPOINT: sink.url,
      CUSTOM_NAME: 'own',
      CUSTOM_BASE_URL: `http://127.0.0.1:${port}/v1`,
      CUSTOM_API_KEY: canary,
      CUSTOM_MODELS: 'm1',
      CUSTOM_PRICES: JSON.stringify({ m1: { input: '3', output: '15' } }),
    });
  });
  afterAll(async () => {
    provider.closeAllConnections();
    provider.close();
    await sink.close();
  });

  it('goes from the client over gateway, proxy and each attempt to the ledger, without a prompt or a secret', async () => {
    const answer = await fetch(`${world.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${world.apiKey}`,
        'content-type': 'application/json',
        traceparent: `00-${traceId}-${'d'.repeat(16)}-01`,
      },
      body: JSON.stringify({ model: 'own/m1', messages: [{ role: 'user', content: canary }] }),
    });
    expect(answer.status).toBe(200);
    const requestId = answer.headers.get('x-request-id');
    const management = createManagementClient(world.baseUrl, world.apiKey);
    await waitFor(async () => (await management.transactions()).some((row) => row.requestId === requestId), {
      describe: 'the charge',
    });
    await world.destroy();

    const find = (service: string, name: string) =>
      sink.spans.filter((span) => span.service === service && span.name.startsWith(name));
    const [gateway] = find('api-gateway', 'POST /v1/chat/completions');
    const [proxy] = find('proxy', 'POST /v1/chat/completions');
    const [failed, served] = find('proxy', 'chat m1');
    const [posted] = find('billing', 'post charge');
    const chain = [gateway, proxy, served, posted];
    expect(chain.map((span) => span?.traceId)).toEqual(Array.from({ length: 4 }, () => traceId));
    expect(chain.map((span) => span?.parentSpanId)).toEqual([
      ...['d'.repeat(16), gateway?.spanId, proxy?.spanId, served?.spanId],
    ]);
    expect(failed).toMatchObject({ parentSpanId: proxy?.spanId, isError: true });
    expect(received).toEqual([failed, served].map((span) => `00-${traceId}-${span?.spanId}-01`));
    expect(chain.map((span) => span?.attributes['aggregator.request.id'])).toEqual(chain.map(() => requestId));
    expect(served?.attributes).toMatchObject({
      ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'm1', 'gen_ai.usage.input_tokens': '9' },
      ...{ 'gen_ai.usage.output_tokens': '3', 'aggregator.attempt': '2', 'aggregator.cost_nano_usd': '72000' },
    });
    expect(sink.bodies.join()).not.toContain(canary);
    expect(sink.bodies.join()).not.toContain(world.apiKey);
  });
});
