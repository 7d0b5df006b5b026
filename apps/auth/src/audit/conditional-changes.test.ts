import { randomUUID } from 'node:crypto';
import { type Principal, shownAuditEntry } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { type AuthHarness, startAuth } from '../testing/start-auth.ts';

const organization = '/v1/auth/organization';
const monthly = { name: 'all', level: 'organization', period: 'month', amountNanoUsd: '1000' };
const named = z.object({ id: z.string() });

/** One resource of each kind: how it is created, changed and deleted. */
const kinds: Record<string, { create(auth: AuthHarness, as: Principal): Promise<string>; change?: unknown }> = {
  team: {
    create: async (auth, as) => {
      const { body } = await auth.call('POST', `${organization}/teams`, { as, body: { name: 'search' } });
      return `${organization}/teams/${named.parse(body).id}`;
    },
    change: { name: 'found' },
  },
  budget: {
    create: async (auth, as) => {
      const { body } = await auth.call('POST', `${organization}/budgets`, { as, body: monthly });
      return `${organization}/budgets/${named.parse(body).id}`;
    },
    change: { amountNanoUsd: '5' },
  },
  limit: {
    create: async (auth, as) => {
      const body = { name: 'all', level: 'organization', requestsPerMinute: 5 };
      const created = await auth.call('POST', `${organization}/limits`, { as, body });
      return `${organization}/limits/${named.parse(created.body).id}`;
    },
    change: { requestsPerMinute: 6 },
  },
  member: {
    create: async (auth, as) =>
      `${organization}/members/${(await auth.createMember(as, 'developer')).principal.userId}`,
    change: { role: 'viewer' },
  },
  organisation: { create: async () => organization, change: { storesResponses: false } },
  'API key': { create: async (auth, as) => `/v1/auth/api-keys/${(await auth.createKey(as)).id}` },
};

describe('a change that names the ETag of what it changes', () => {
  let auth: AuthHarness;
  let owner: Principal;
  beforeAll(async () => {
    auth = await startAuth({ LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000' });
    owner = { ...(await auth.createAccount()).principal, sessionId: randomUUID() };
  });
  afterAll(() => auth.stop());

  // fetch would add `no-cache` to a conditional request; the gateway forwards no such header.
  const read = (path: string, headers = {}) =>
    auth.call('GET', path, { as: owner, headers: { 'cache-control': 'max-age=0', ...headers } });
  const send = (method: string, path: string, tag: string, body?: unknown) =>
    auth.call(method, path, { as: owner, headers: { 'if-match': tag }, ...(body !== undefined && { body }) });
  const tagOf = async (path: string) => (await read(path)).headers.get('etag') ?? '';

  it.each(Object.entries(kinds))(
    'is made once for a %s, and rejected with 412 for a tag that is old',
    async (kind, { create, change }) => {
      const path = await create(auth, owner);
      const tag = await tagOf(path);
      expect(tag).toMatch(/^"[\w-]{22}"$/);
      expect((await read(path, { 'if-none-match': tag })).status).toBe(304);

      if (change !== undefined) {
        expect((await send('PATCH', path, '"stale"', change)).status).toBe(412);
        const changed = await send('PATCH', path, tag, change);
        expect(changed).toMatchObject({ status: 200, body: { changedBy: owner.userId } });
        if (kind !== 'limit') expect(changed.body).toMatchObject({ changedByName: 'User 1' });
        expect(changed.headers.get('etag')).toBe(await tagOf(path));
        expect(await send('PATCH', path, tag, change)).toMatchObject({
          status: 412,
          body: { code: 'precondition_failed' },
        });
        expect((await read(path, { 'if-none-match': tag })).status).toBe(200);
      }
      if (path === organization) return;
      expect((await send('DELETE', path, '"stale"')).status).toBe(412);
      expect((await send('DELETE', path, `"other", ${await tagOf(path)}`)).status).toBe(204);
    },
  );

  it('is made once for an identity provider, and makes none with a tag', async () => {
    const { principal: as } = await auth.createAccount('operator');
    const path = '/v1/auth/sso-providers/tagged';
    const body = {
      ...{ label: 'A', issuer: 'https://id.tagged.com', clientId: 'x' },
      ...{ domains: ['tagged.com'], organizationId: owner.orgId },
    };
    const change = (method: string, tag: string, label?: string) =>
      auth.call(method, path, {
        ...{ as, headers: { 'if-match': tag } },
        ...(label !== undefined && { body: { ...body, label } }),
      });
    expect((await change('PUT', '*', 'B')).status).toBe(412);
    const created = await auth.call('PUT', path, { as, body });
    const shown = await auth.call('GET', path, { as });
    expect(shown.body).toMatchObject({ name: 'tagged', label: 'A', changedBy: as.userId });
    const tag = shown.headers.get('etag') ?? '';
    expect(created.headers.get('etag')).toBe(tag);

    expect((await change('PUT', tag, 'B')).status).toBe(200);
    expect((await change('PUT', tag, 'C')).body).toMatchObject({ status: 412, code: 'precondition_failed' });
    expect((await change('DELETE', tag)).status).toBe(412);
    expect((await change('DELETE', '*')).status).toBe(204);
    expect((await auth.call('GET', path, { as })).status).toBe(404);
  });

  it('is made once for the own profile', async () => {
    const { principal } = await auth.createMember(owner, 'viewer');
    const as = { ...principal, sessionId: randomUUID() };
    const path = '/v1/users/profile';
    const tag = (await auth.call('GET', path, { as })).headers.get('etag') ?? '';
    const rename = (name: string) => auth.call('PUT', path, { as, headers: { 'if-match': tag }, body: { name } });
    expect([(await rename('Ada of now')).status, (await rename('Eve')).status]).toEqual([200, 412]);
  });

  it('is made by one of two callers that read the same', async () => {
    const path = await kinds.team?.create(auth, owner);
    const tag = await tagOf(path ?? '');
    const both = ['one', 'other'].map((name) => send('PATCH', path ?? '', tag, { name }));

    expect((await Promise.all(both)).map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('appears in the audit with names beside the ids', async () => {
    const path = (await kinds.team?.create(auth, owner)) ?? '';
    expect((await send('PATCH', path, await tagOf(path), { name: 'named' })).status).toBe(200);
    const { body } = await read('/v1/auth/audit?action=team_updated');
    const { data } = z.object({ data: z.array(shownAuditEntry) }).parse(body);

    expect(data.find(({ subjectId }) => path.endsWith(`/${subjectId}`))).toMatchObject({
      actorUserId: owner.userId,
      actorName: 'User 1',
      subjectName: 'named',
    });
  });
});
