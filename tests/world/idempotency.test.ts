import { apiKeyList, createdApiKey, tokenAnswer } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createManagementClient } from './management-client.ts';
import { startWorld, type World } from './start-world.ts';

describe('an Idempotency-Key through the gateway', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.destroy());

  async function post(path: string, credential: string, key: string, body: unknown) {
    const answer = await fetch(`${world.baseUrl}${path}`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${credential}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(body),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }

  it('makes 50 equal requests at once one charge and one answer (I8)', async () => {
    const body = { model: 'mock-small', messages: [{ role: 'user', content: 'Hello' }], stream: true };
    const all = await Promise.all(
      Array.from({ length: 50 }, () => post('/v1/chat/completions', world.apiKey, 'order-1', body)),
    );
    const waiting = all.filter(({ status }) => status === 409);
    expect(all.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect(waiting.every(({ headers }) => headers.get('retry-after') === '1')).toBe(true);
    expect(waiting.every(({ headers }) => headers.get('x-should-retry') === 'true')).toBe(true);

    const again = await post('/v1/chat/completions', world.apiKey, 'order-1', body);
    expect(again.status).toBe(200);
    expect(new Set(all.flatMap(({ status, text }) => (status === 200 ? [text] : [])))).toEqual(new Set([again.text]));
    const client = createManagementClient(world.baseUrl, world.apiKey);
    const countUsages = async () => (await client.transactions()).filter(({ type }) => type === 'charge').length;
    await waitFor(async () => (await countUsages()) > 0, { describe: 'the charge' });
    expect(await countUsages()).toBe(1);
  });

  it('creates an API key once, and shows it again to its creator alone (I8)', async () => {
    const stranger = createManagementClient(world.baseUrl, null);
    const account = { email: world.adminEmail, password: world.adminPassword };
    const { json } = await stranger.request('POST', '/v1/auth/login', account);
    const token = tokenAnswer.parse(json).accessToken;
    const first = await post('/v1/auth/api-keys', token, 'create-1', { name: 'once' });
    const again = await post('/v1/auth/api-keys', token, 'create-1', { name: 'once' });
    expect(first.status).toBe(201);
    expect(again.text).toBe(first.text);
    expect(createdApiKey.parse(JSON.parse(again.text))).toEqual(createdApiKey.parse(JSON.parse(first.text)));
    const listed = await createManagementClient(world.baseUrl, token).request('GET', '/v1/auth/api-keys');
    expect(apiKeyList.parse(listed.json).data.filter(({ name }) => name === 'once')).toHaveLength(1);
    expect((await post('/v1/auth/api-keys', token, 'create-1', { name: 'twice' })).status).toBe(422);
    expect((await post('/v1/auth/api-keys', world.apiKey, 'create-1', { name: 'once' })).status).toBe(403);
  });
});
