import { dashboardAnswer, limitStatusList, shownLimit, team, transactionPage } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, type World } from './start-world.ts';
import { Callers, type Tenant } from './tenant-actors.ts';

const path = '/v1/auth/organization/limits';
const chat = { model: 'mock-small', max_tokens: 10, messages: [{ role: 'user', content: 'hello' }] };

describe('limits of teams and users', () => {
  let world: World;
  let callers: Callers;
  let owner: Tenant;
  beforeAll(async () => {
    world = await startWorld({ SIGN_UP_CREDIT_NANO_USD: '1000000000', MANAGEMENT_REQUESTS_PER_MINUTE: '1000000' });
    callers = new Callers(world.baseUrl);
    owner = await callers.signUp('founder');
  });
  afterAll(() => world.destroy());

  const as = (method: string, route: string, body?: unknown) => callers.as(owner.token).request(method, route, body);
  const create = async (fields: object) => {
    const { status, json } = await as('POST', path, fields);
    expect({ status, json }).toMatchObject({ status: 201 });
    return shownLimit.parse(json);
  };
  const ask = async (credential: string) => {
    const response = await fetch(`${world.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${credential}`, 'content-type': 'application/json' },
      body: JSON.stringify(chat),
    });
    const json = (await response.json()) as { error?: Record<string, string> };
    return { status: response.status, headers: response.headers, json };
  };

  it('count over all keys, and a change counts at once in both directions (I3, I14)', async () => {
    const { json } = await as('POST', '/v1/auth/organization/teams', { name: 'red' });
    const { id: teamId } = team.parse(json);
    const keys = [await callers.createKey(owner.token, { teamId }), await callers.createKey(owner.token, { teamId })];
    const free = await callers.createKey(owner.token);
    const [one, other] = keys.map(({ key }) => key) as [string, string];
    expect((await ask(one)).status).toBe(200);
    const { id } = await create({ name: 'red team', level: 'team', subjectId: teamId, requestsPerMinute: 3 });

    const statuses: number[] = [];
    for (const key of [one, other, one, other, one]) statuses.push((await ask(key)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    expect((await ask(other)).json.error).toMatchObject({
      ...{ code: 'rate_limit_exceeded', param: id },
      message: expect.stringMatching(/^More than 3 requests per minute for the team, by the limit "red team".* admin/),
    });
    expect((await ask(free.key)).status).toBe(200);

    expect((await as('PATCH', `${path}/${id}`, { requestsPerMinute: 600 })).status).toBe(200);
    expect([(await ask(one)).status, (await ask(other)).status]).toEqual([200, 200]);
    expect((await as('PATCH', `${path}/${id}`, { requestsPerMinute: 1 })).status).toBe(200);
    // What was taken before counts on; it is less than one request after a moment.
    const lowered: number[] = [];
    for (const key of [one, other, one]) lowered.push((await ask(key)).status);
    expect(lowered).toContain(429);
    expect((await as('DELETE', `${path}/${id}`)).status).toBe(204);
    expect((await ask(one)).status).toBe(200);
  });

  it('are in separate headers of an answer, each once (I14)', async () => {
    const { key } = await callers.createKey(owner.token);
    for (const answer of [await ask(key), await ask(key)]) {
      const names = [...answer.headers.keys()];
      expect(names).toEqual(
        expect.arrayContaining([
          ...['ratelimit', 'ratelimit-policy', 'x-ratelimit-limit-requests', 'x-ratelimit-remaining-requests'],
          ...['x-aggregator-provider', 'x-aggregator-attempts', 'x-aggregator-cache', 'x-request-id', 'date'],
        ]),
      );
      expect(names).not.toContain('x-aggregator-packed');
      expect(answer.headers.get('x-ratelimit-remaining-requests')).toMatch(/^\d+$/);
      expect(answer.headers.get('ratelimit')?.match(/"requests"/g)).toHaveLength(1);
    }
  });

  it('show what is used of them now, with names', async () => {
    const guest = await callers.signUp('counted');
    const asGuest = callers.as(guest.token);
    const fields = { name: 'mine', level: 'user', subjectId: guest.userId };
    const counts = { requestsPerMinute: 20, tokensPerMinute: 600, concurrentRequests: 5 };
    expect((await asGuest.request('POST', path, { ...fields, ...counts })).status).toBe(201);
    for (let at = 0; at < 10; at += 1) expect((await ask(guest.token)).status).toBe(200);

    const read = async () => (await asGuest.request('GET', '/v1/billing/limits?level=user')).json;
    const { data } = limitStatusList.parse(await read());
    expect(data).toMatchObject([{ ...fields, ...counts, subjectName: expect.stringMatching(/./) }]);
    const { requestsPerMinute, tokensPerMinute, concurrentRequests } = data[0]?.use ?? {};
    expect(requestsPerMinute).toMatchObject({ limit: 20, resetsAt: expect.any(String) });
    expect(requestsPerMinute?.used).toBeGreaterThan(0);
    expect((requestsPerMinute?.used ?? 0) + (requestsPerMinute?.remaining ?? 0)).toBe(20);
    expect(tokensPerMinute?.used).toBeGreaterThan(0);
    expect(concurrentRequests).toMatchObject({ limit: 5, resetsAt: null });
  });

  it('count the keys and the sessions of a user together, and no other user', async () => {
    const guest = await callers.signUp('guest');
    const key = await callers.createKey(guest.token);
    const asGuest = callers.as(guest.token);
    const fields = { name: 'guest', level: 'user', subjectId: guest.userId, requestsPerMinute: 2 };
    expect((await asGuest.request('POST', path, fields)).status).toBe(201);

    const statuses: number[] = [];
    for (const credential of [key.key, guest.token, key.key, guest.token])
      statuses.push((await ask(credential)).status);
    expect(statuses).toEqual([200, 200, 429, 429]);
    expect((await ask(owner.token)).status).toBe(200);
  });

  it('name tags that reach the charge, the statement and the usage by tag, team and user, exactly as billed (I23)', async () => {
    const client = await callers.signUp('reseller');
    const asClient = callers.as(client.token);
    expect((await asClient.request('PATCH', '/v1/auth/organization', { tagKeys: ['project'] })).status).toBe(200);
    const { json } = await asClient.request('POST', '/v1/auth/organization/teams', { name: 'blue' });
    const { id: teamId } = team.parse(json);
    const { key } = await callers.createKey(client.token, { teamId });
    const send = async (route: string, body: object, headers: Record<string, string> = {}) => {
      const response = await fetch(`${world.baseUrl}${route}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ model: 'mock-small', ...body }),
      });
      await response.text();
      expect(response.status).toBe(200);
      return response.headers.get('x-request-id') ?? '';
    };
    const { messages } = chat;
    const metadata = { project: 'search', secret: 'no tag' };
    const tagged = [
      await send('/v1/chat/completions', { messages, metadata }),
      await send('/v1/responses', { input: 'hi', metadata }),
      await send('/v1/messages', { messages, max_tokens: 5, metadata }),
      await send('/v1/completions', { prompt: 'hi', metadata }),
      await send('/v1/embeddings', { model: 'mock-embedding', input: 'hi' }, { 'x-aggregator-tags': 'project=search' }),
    ];
    await send('/v1/chat/completions', { messages });

    const ledger = async () =>
      transactionPage
        .parse((await asClient.request('GET', '/v1/billing/transactions')).json)
        .data.filter(({ type }) => type === 'charge');
    const usage = async (query: string) =>
      dashboardAnswer.parse((await asClient.request('GET', `/v1/analytics/dashboard?${query}`)).json);
    await waitFor(async () => (await usage('groupBy=user')).totals.requests === 6, { describe: 'the usage' });
    await waitFor(async () => (await ledger()).length === 6, { describe: 'the statement' });
    const lines = await ledger();
    const costOf = (some: typeof lines) => String(some.reduce((sum, line) => sum - BigInt(line.amountNanoUsd), 0n));
    const withTag = lines.filter(({ tags }) => tags?.project === 'search');
    expect(withTag.map(({ requestId }) => requestId).sort()).toEqual([...tagged].sort());
    expect(withTag.every(({ tags }) => Object.keys(tags ?? {}).length === 1)).toBe(true);

    const byTag = (await usage('groupBy=tag&tagKey=project')).series;
    expect(byTag.map(({ group, costNanoUsd }) => [group, costNanoUsd])).toEqual([
      ['', costOf(lines.filter(({ tags }) => tags === undefined))],
      ['search', costOf(withTag)],
    ]);
    for (const [groupBy, group] of [
      ['team', teamId],
      ['user', client.userId],
    ]) {
      const { series } = await usage(`groupBy=${groupBy}`);
      expect(series.map((row) => [row.group, row.costNanoUsd])).toEqual([[group, costOf(lines)]]);
    }
    const explained = await asClient.request('GET', `/v1/billing/explain/${tagged[0]}`);
    expect(explained.json).toMatchObject({ tags: { project: 'search' }, teamId });
  });
});
