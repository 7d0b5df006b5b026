import { keyInvalidationChannel } from '@aggregator/contracts';
import { createMemoryInvalidationChannel } from '@aggregator/invalidation';
import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openRaw, toHead } from '../testing/raw-client.ts';
import {
  neighbourKey,
  serve,
  startGateway,
  type TestGateway,
  type TestServer,
  validKey,
  validPrincipal,
} from '../testing/start-gateway.ts';

const path = '/v1/chat/completions';
const event = 'data: {"text":"begun"}\n\n';
const nothing = { keyIds: [], userIds: [], organizationIds: [] };

describe('the open answers of a caller that is cut off (I3)', () => {
  const invalidation = createMemoryInvalidationChannel();
  let seen = { left: 0, requests: 0 };
  let gateway: TestGateway | null = null;
  let proxy: TestServer | null = null;
  afterEach(async () => {
    await gateway?.stop();
    await proxy?.close();
  });

  /** `first`: what the proxy has sent of its answer; null if it has sent nothing. */
  async function start(first: string | null, type = 'text/event-stream'): Promise<TestGateway> {
    const now = { left: 0, requests: 0 };
    seen = now;
    proxy = await serve((request, response) => {
      request.resume();
      now.requests += 1;
      response.once('close', () => (now.left += 1));
      if (first !== null) response.writeHead(200, { 'content-type': type }).write(first);
    });
    gateway = await startGateway(proxy.url, {}, { invalidation });
    return gateway;
  }

  const cut = (order: object) =>
    invalidation.publish(
      keyInvalidationChannel,
      JSON.stringify({ keySha256: [], all: false, cut: { ...nothing, ...order } }),
    );

  it.each([
    ['key', { keyIds: [validPrincipal.keyId] }],
    ['user', { userIds: [validPrincipal.userId] }],
    ['organisation', { organizationIds: [validPrincipal.orgId] }],
  ])('end with an error event when its %s is named, and those of others continue', async (_name, order) => {
    const { post, service } = await start(event);
    const mine = await post(path, '{}');
    const other = await post(path, '{}', { authorization: `Bearer ${neighbourKey}` });

    await cut(order);

    const text = await mine.text();
    expect(text).toMatch(/^data: \{"text":"begun"\}\n\ndata: \{"error":.*"code":"invalid_api_key"/);
    expect(text).not.toContain('[DONE]');
    await waitFor(() => seen.left === 1, { describe: 'the proxy to see its client leave' });
    expect(service.context.openAnswers.count).toBe(1);
    await other.body?.cancel();
  });

  it('end although the message was lost: auth has the order, and requests that began after it stay', async () => {
    const { post, service, cuts } = await start(event);
    const mine = await post(path, '{}');
    const order = { id: crypto.randomUUID(), ageMs: 0, ...nothing, keyIds: [validPrincipal.keyId ?? ''] };
    const longAgo = { ...order, id: crypto.randomUUID(), ageMs: 600_000, userIds: [validPrincipal.userId] };
    cuts.push(longAgo);
    service.context.openAnswers.cutCallers(longAgo, longAgo.ageMs);
    expect(service.context.openAnswers.count).toBe(1);
    cuts.push(order);

    expect(await mine.text()).toMatch(/"code":"invalid_api_key"/);
    await waitFor(() => seen.left === 1, { describe: 'the proxy to see its client leave' });
    const later = await post(path, '{}');
    expect(later.status).toBe(200);
    await later.body?.cancel();
  }, 20_000);

  it.each([
    ['in the middle of an event', event.slice(0, 9), 'text/event-stream'],
    ['in the middle of a plain answer', '{"id":', 'application/json'],
  ])('are torn %s', async (_name, first, type) => {
    const { post } = await start(first, type);
    const answer = await post(path, '{}');

    await cut({ keyIds: [validPrincipal.keyId] });

    await expect(answer.text()).rejects.toThrow();
    await waitFor(() => seen.left === 1, { describe: 'the proxy to see its client leave' });
  });

  it('are 401 when no answer has begun', async () => {
    const { post } = await start(null);
    const answer = post(path, '{}');
    await waitFor(() => seen.requests === 1, { describe: 'the request' });

    await cut({ keyIds: [validPrincipal.keyId] });

    expect((await answer).status).toBe(401);
  });

  it('never begin for a request whose body was still arriving, and begin for a later one', async () => {
    const { post, service } = await start(event);
    const head = toHead(path, { authorization: `Bearer ${validKey}`, 'content-length': '4' }, '{ ');
    const client = await openRaw(service.port, head);
    await waitFor(() => service.context.pools.bodies.count === 1, { describe: 'the body' });

    await cut({ keyIds: [validPrincipal.keyId] });
    client.socket.write(' }');

    await waitFor(() => client.text.includes('\r\n\r\n'), { describe: 'the answer' });
    expect(client.text).toMatch(/^HTTP\/1\.1 401 /);
    const later = await post(path, '{}');
    expect(later.status).toBe(200);
    await later.body?.cancel();
    client.socket.destroy();
  });
});
