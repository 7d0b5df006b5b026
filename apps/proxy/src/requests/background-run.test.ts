import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chunkEvent } from '../testing/scripted-upstream.ts';
import { streamEnd } from '../testing/start-scripted-world.ts';
import { startWorld, type World } from '../testing/start-world.ts';

const path = '/v1/responses';
const model = 'scripted-model';
let world: World;
/** Lets the provider answer. */
let release: () => void;
beforeAll(async () => {
  world = await startWorld({ environment: { MAX_RETRIES: '0', DISCONNECT_DRAIN_MS: '0' } });
});
afterAll(() => world.stop());
beforeEach(() => {
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  world.scripted.answer = async (_request, response) => {
    const isStreamed = world.scripted.lastBody.includes('"stream":true');
    if (isStreamed) response.writeHead(200, { 'content-type': 'text/event-stream' }).write(chunkEvent('TO'));
    await gate;
    if (isStreamed) {
      response.end(chunkEvent('PAZ') + streamEnd);
      return;
    }
    const choices = [{ index: 0, message: { role: 'assistant', content: 'TOPAZ' }, finish_reason: 'stop' }];
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model, choices, usage }));
  };
});

async function call(method: string, url: string, body?: object) {
  const headers = { ...(await world.headers(createUuidV7())), 'content-type': 'application/json' };
  const answer = await fetch(`${world.url}${url}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  return {
    status: answer.status,
    json: JSON.parse(await answer.text()),
    requestId: answer.headers.get('x-request-id'),
  };
}

const ask = (more: object = {}) => call('POST', path, { model, input: 'hi', background: true, ...more });
const statusOf = async (id: string) => (await call('GET', `${path}/${id}`)).json.status;
const until = (id: string, status: string) =>
  waitFor(async () => (await statusOf(id)) === status, { describe: `the status ${status}` });

describe('a response in the background', () => {
  it('is answered at once, made, stored under its id and charged once', async () => {
    const queued = await ask();
    const { id } = queued.json;
    expect(queued).toMatchObject({
      status: 200,
      json: { status: 'queued', background: true, output: [], store: true },
    });
    expect(await statusOf(id)).toBe('in_progress');
    release();
    await until(id, 'completed');
    const { json } = await call('GET', `${path}/${id}`);
    expect(json).toMatchObject({ id, background: true, output: [{ content: [{ text: 'TOPAZ' }] }] });
    expect(await world.usageOf(queued.requestId ?? '')).toMatchObject({ outcome: 'completed' });
    expect((await call('POST', `${path}/${id}/cancel`)).status).toBe(400);
    expect(world.proxy.context.room.count).toBe(0);
  });

  it('is cancelled, and its call ends', async () => {
    const { json, requestId } = await ask();
    await waitFor(() => world.scripted.lastBody !== '', { describe: 'the call' });
    const cancelled = await call('POST', `${path}/${json.id}/cancel`);
    expect(cancelled).toMatchObject({ status: 200, json: { id: json.id, status: 'cancelled' } });
    expect(await statusOf(json.id)).toBe('cancelled');
    expect((await call('POST', `${path}/${json.id}/cancel`)).status).toBe(200);
    expect(await world.usageOf(requestId ?? '')).toMatchObject({ outcome: 'aborted' });
    await waitFor(() => world.proxy.context.room.count === 0, { describe: 'the end' });
    release();
    expect(await statusOf(json.id)).toBe('cancelled');
  });

  it('that fails has the error of its provider', async () => {
    world.scripted.answer = (_request, response) => void response.writeHead(503).end();
    const { json } = await ask();
    await until(json.id, 'failed');
    const { error } = (await call('GET', `${path}/${json.id}`)).json;
    expect(error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
  });

  it('that is rejected is so at once, and nothing is stored', async () => {
    expect(await ask({ model: 'nothing' })).toMatchObject({ status: 404 });
    expect(await ask({ store: false })).toMatchObject({ status: 400, json: { error: { param: 'background' } } });
    expect(world.proxy.context.backgroundRuns.size).toBe(0);
  });

  it('has failed if its proxy is gone', async () => {
    const { json } = await ask();
    const run = world.proxy.context.backgroundRuns.get(json.id);
    expect(run).toBeDefined();
    const { responses } = world.proxy.context;
    const stored = await responses.read(world.principal, json.id);
    const lost = `resp_${'9'.repeat(48)}`;
    await responses.keep(world.principal, {
      input: stored?.input ?? [],
      response: { ...stored?.response, id: lost, status: 'in_progress' },
    });
    expect((await call('GET', `${path}/${lost}`)).json).toMatchObject({
      status: 'failed',
      error: { code: 'server_error' },
    });
    release();
    await until(json.id, 'completed');
  });

  it('that is streamed continues if its client leaves', async () => {
    const left = new AbortController();
    const headers = { ...(await world.headers(createUuidV7())), 'content-type': 'application/json' };
    const body = JSON.stringify({ model, input: 'hi', background: true, stream: true });
    const answer = await fetch(`${world.url}${path}`, { method: 'POST', headers, body, signal: left.signal });
    let text = '';
    const decoder = new TextDecoder();
    for await (const bytes of answer.body ?? []) {
      text += decoder.decode(bytes, { stream: true });
      if (text.includes('"delta":"TO"')) break;
    }
    left.abort();
    const id = /"id":"(resp_[0-9a-f]+)"/.exec(text)?.[1] ?? '';
    expect(await statusOf(id)).toBe('in_progress');
    release();
    await until(id, 'completed');
    const { json } = await call('GET', `${path}/${id}`);
    expect(json.output[0].content[0].text).toBe('TOPAZ');
  });

  it('adds its turn to its conversation', async () => {
    const { json } = await call('POST', '/v1/conversations', {});
    release();
    await ask({ conversation: json.id });
    const items = async () => (await call('GET', `/v1/conversations/${json.id}/items`)).json.data.length;
    await waitFor(async () => (await items()) === 2, { describe: 'the turn' });
  });
});
