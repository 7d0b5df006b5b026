import { type ClaimStore, createMemoryClaimStore } from '@aggregator/expiring-store';
import { claimBounds } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  answerJson,
  neighbourKey,
  serve,
  startGateway,
  type TestGateway,
  type TestServer,
  validKey,
} from '../testing/start-gateway.ts';

const path = '/v1/billing/keys';
const bounds = claimBounds({
  idempotencyAnswerBytesMax: 1_000_000,
  idempotencyOrganizationBytesMax: 10_000_000,
  idempotencyBytesMax: 10_000_000,
});

let kept: Buffer[];
let effects: string[];
let answer: Parameters<typeof serve>[0];
let service: TestServer;
let gateway: TestGateway;
let claims: ClaimStore;
beforeEach(async () => {
  kept = [];
  effects = [];
  const memory = createMemoryClaimStore(bounds);
  claims = {
    claim: (...given) => memory.claim(...given),
    renew: (...given) => memory.renew(...given),
    release: (...given) => memory.release(...given),
    close: () => memory.close(),
    finish(name, owner, value) {
      if (value !== null) kept.push(value);
      return memory.finish(name, owner, value);
    },
  };
  answer = (_request, response) => {
    response.setHeader('location', `/v1/billing/keys/${effects.length}`);
    answerJson(response, { secret: `OPAL-${effects.length}` });
  };
  service = await serve((request, response) => {
    let body = '';
    request.on('data', (bytes: Buffer) => {
      body += bytes.toString();
    });
    request.once('end', () => {
      effects.push(`${request.method} ${body}`);
      answer(request, response);
    });
  });
  gateway = await startGateway(service.url, { BILLING_URL: service.url, ANALYTICS_URL: service.url }, { claims });
});
afterEach(async () => {
  await gateway.stop();
  await service.close();
});

async function post(key: string | null, body: string, as = validKey) {
  const sent = await gateway.post(path, body, {
    'content-type': 'application/json',
    authorization: `Bearer ${as}`,
    ...(key !== null && { 'idempotency-key': key }),
  });
  const text = await sent.text();
  const code: unknown = text.startsWith('{') ? JSON.parse(text).code : undefined;
  return { status: sent.status, location: sent.headers.get('location'), text, code };
}

describe('a POST to the management API with an Idempotency-Key', () => {
  it('is done once, and its repeat receives the same answer (I8)', async () => {
    const first = await post('k', '{"name":"a"}');
    const again = await post('k', '{"name":"a"}');
    expect(first).toMatchObject({ status: 200, location: '/v1/billing/keys/1', text: '{"secret":"OPAL-1"}' });
    expect(again).toEqual(first);
    expect(effects).toEqual(['POST {"name":"a"}']);
    expect(await post('k', '{"name":"b"}')).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    await post(null, '{"name":"a"}');
    expect(effects).toHaveLength(2);
  });

  it('is done once when 20 come at once (I8)', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => post('k', '{}')));
    expect(effects).toHaveLength(1);
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  it('is another one for another caller, and its secret is not readable in the store', async () => {
    await post('k', '{}');
    expect((await post('k', '{}', neighbourKey)).text).toBe('{"secret":"OPAL-2"}');
    expect(kept).toHaveLength(2);
    expect(Buffer.concat(kept).includes('OPAL')).toBe(false);
  });

  it.each([400, 404, 503])('is done again after a refusal with %d', async (status) => {
    answer = (_request, response) => void response.writeHead(status).end('{}');
    expect((await post('k', '{}')).status).toBe(status);
    expect((await post('k', '{}')).status).toBe(status);
    expect(effects).toHaveLength(2);
  });

  it('is not done again after an answer that broke off or a failure inside the service', async () => {
    answer = (_request, response) => response.destroy();
    expect((await post('torn', '{}')).status).toBe(503);
    answer = (_request, response) => void response.writeHead(500).end('{}');
    expect((await post('failed', '{}')).status).toBe(500);
    for (const key of ['torn', 'failed']) {
      expect(await post(key, '{}')).toMatchObject({ status: 409, code: 'idempotency_answer_lost' });
    }
    expect(effects).toHaveLength(2);
  });

  it('is free again if the service took no connection', async () => {
    await service.close();
    expect((await post('k', '{}')).status).toBe(503);
    expect((await post('k', '{}')).status).toBe(503);
  });

  it('is done to its end if its client leaves', async () => {
    let end: () => void = () => undefined;
    answer = (_request, response) => {
      end = () => answerJson(response, { secret: 'RUBY' });
    };
    const left = new AbortController();
    const asked = fetch(`${gateway.url}${path}`, {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${validKey}`, 'idempotency-key': 'k' },
      signal: left.signal,
    });
    await waitFor(() => effects.length === 1, { describe: 'the request' });
    left.abort();
    await expect(asked).rejects.toThrow();
    end();
    let again = await post('k', '{}');
    await waitFor(
      async () => {
        again = await post('k', '{}');
        return again.status === 200;
      },
      { describe: 'the answer' },
    );
    expect(again.text).toBe('{"secret":"RUBY"}');
    expect(effects).toHaveLength(1);
  });

  it.each(['', 'k'.repeat(256), 'a b'])('is refused with 400 for the key "%s"', async (key) => {
    expect(await post(key, '{}')).toMatchObject({ status: 400, code: 'invalid_value' });
    expect(effects).toEqual([]);
  });

  it('is refused with 503 if the store is away; without the header it is served', async () => {
    claims.claim = () => Promise.reject(new Error('away'));
    expect(await post('k', '{}')).toMatchObject({ status: 503, code: 'idempotency_unavailable' });
    expect((await post(null, '{}')).status).toBe(200);
    expect(effects).toHaveLength(1);
  });
});
