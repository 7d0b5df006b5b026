import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from '../../testing/start-world.ts';

const path = '/v1/embeddings';
const good = { model: 'mock/mock-embedding', input: ['one text', 'and another'] };

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());
beforeEach(() => {
  world.fault = null;
});

async function ask(body: unknown) {
  const requestId = createUuidV7();
  const answer = await world.post(path, body, await world.headers(requestId));
  return { requestId, status: answer.status, json: JSON.parse(await answer.text()) };
}

describe('embeddings', () => {
  it('200: returns a vector for each text and what it cost, and settles that', async () => {
    const { requestId, status, json } = await ask(good);
    const truth = await world.truthOf(requestId);

    expect(status).toBe(200);
    expect(json.data).toHaveLength(2);
    expect(json).toMatchObject({ provider: 'mock', usage: { cost_nano_usd: truth.amountNanoUsd } });
    expect(await world.usageOf(requestId)).toMatchObject({
      operation: 'embeddings',
      outcome: 'completed',
      estimated: false,
      amountNanoUsd: truth.amountNanoUsd,
      isStreamed: false,
    });
    await world.waitUntilNothingHeld();
  });

  it('200: embeds token ids', async () => {
    expect(await ask({ ...good, input: [1, 2, 3] })).toMatchObject({ status: 200 });
  });

  it.each([
    ['no input', { model: good.model }, 400, 'invalid_value'],
    ['an empty text', { ...good, input: '' }, 400, 'invalid_value'],
    ['a chat model', { ...good, model: 'mock/mock-small' }, 404, 'model_not_found'],
  ])('refuses %s, and calls no provider', async (_name, body, status, code) => {
    const { requestId, ...answer } = await ask(body);

    expect(answer).toMatchObject({ status, json: { error: { code } } });
    expect(world.mock.ledger.find(`${requestId}/1`)).toEqual([]);
  });

  it.each([
    ['/v1/embeddings', 'input', [], "'input': must have at least 1 text or token id."],
    ['/v1/embeddings', 'input', Array(2049).fill('a'), "'input': has 2049 items, and at most 2048 are accepted."],
    ['/v1/embeddings', 'input', { text: 'a' }, '1 to 2048 texts'],
    ['/v1/completions', 'prompt', Array(2049).fill('a'), "'prompt': has 2049 items, and at most 2048 are accepted."],
  ])('names the bound that an input breaks: %s %s', async (path, field, input, message) => {
    const response = await world.post(path, { model: good.model, [field]: input });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { param: field, message: expect.stringContaining(message) } });
  });

  it.each([
    ['a torn answer', { kind: 'cut', afterChunks: 1 } as const, 502, 'upstream_unreachable'],
    ['half an answer', { kind: 'malformed', beforeChunk: 0 } as const, 502, 'upstream_invalid_response'],
    ['our own limit there', { kind: 'status', status: 429, retryAfterSeconds: 3 } as const, 429, 'rate_limit_exceeded'],
  ])('%s gets our own status, costs nothing and holds nothing', async (_name, fault, status, code) => {
    world.fault = fault;
    const { requestId, ...answer } = await ask(good);

    expect(answer).toMatchObject({ status, json: { error: { code } } });
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'failed', errorCode: code, amountNanoUsd: '0' });
    await world.waitUntilNothingHeld();
  });

  it('with silence ends with 504 at the limit of the request, costs nothing and holds nothing', async () => {
    const hasty = await startWorld({ environment: { REQUEST_TIMEOUT_MS: '500' } });
    hasty.fault = { kind: 'stall', afterChunks: 0 };
    const requestId = createUuidV7();
    const answer = await hasty.post(path, good, await hasty.headers(requestId));

    expect(answer.status).toBe(504);
    expect(await answer.json()).toMatchObject({ error: { code: 'upstream_timeout' } });
    expect(await hasty.usageOf(requestId)).toMatchObject({ outcome: 'failed', amountNanoUsd: '0' });
    await hasty.waitUntilNothingHeld();
    await hasty.stop();
  });

  it('is charged exactly where the caller left before the answer', async () => {
    world.fault = { kind: 'stall', afterChunks: 0 };
    const requestId = createUuidV7();
    const leaving = new AbortController();
    const asking = fetch(`${world.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await world.headers(requestId)) },
      body: JSON.stringify(good),
      signal: leaving.signal,
    });
    await waitFor(() => world.mock.ledger.find(`${requestId}/1`).length > 0, { describe: 'the call of the provider' });
    leaving.abort();
    await expect(asking).rejects.toThrow();
    const truth = await world.truthOf(requestId);

    expect(truth.state).toBe('aborted');
    expect(await world.usageOf(requestId)).toMatchObject({ outcome: 'aborted', amountNanoUsd: truth.amountNanoUsd });
  });
});
