import { randomUUID } from 'node:crypto';
import { type Limit, team } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../keys/key-hasher.ts';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';

const path = '/v1/auth/organization/limits';
const shared = { name: 'all', level: 'organization', requestsPerMinute: 100 };

describe('limits of an organisation, its teams, users and keys', () => {
  let auth: AuthHarness;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth({ ORGANIZATION_REQUESTS_PER_MINUTE_MAX: '1000' });
    owner = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const as = (account = owner) => ({ ...account.principal, sessionId: randomUUID() });
  const create = (body: unknown, account = owner) => auth.call('POST', path, { as: as(account), body });
  const verdictOf = async (key: string) => {
    const body = { keySha256: sha256Hex(key) };
    return (await auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body })).body;
  };

  it('are created, changed, listed and deleted, each with an audit entry (I21)', async () => {
    const created = await create({ ...shared, tokensPerMinute: 5 });
    expect(created).toMatchObject({
      status: 201,
      body: { ...shared, tokensPerMinute: 5, concurrentRequests: null, subjectId: owner.principal.orgId, models: null },
    });
    const { userId } = owner.principal;
    const names = {
      subjectName: expect.stringMatching(/./),
      changedBy: userId,
      changedByName: expect.stringMatching(/./),
    };
    expect(created.body).toMatchObject(names);
    const { id } = created.body as Limit;
    const patch = (body: unknown) => auth.call('PATCH', `${path}/${id}`, { as: as(), body });
    const changed = await patch({ requestsPerMinute: null, models: ['m'] });
    expect(changed).toMatchObject({
      status: 200,
      body: { requestsPerMinute: null, tokensPerMinute: 5, models: ['m'] },
    });
    expect((await patch({ tokensPerMinute: null })).status).toBe(400);
    const list = await auth.call('GET', `${path}?level=organization`, { as: as() });
    expect(list.body).toMatchObject({ data: [{ id }], nextCursor: null });
    expect((await auth.call('DELETE', `${path}/${id}`, { as: as() })).status).toBe(204);
    expect((await auth.call('DELETE', `${path}/${id}`, { as: as() })).status).toBe(404);
    const audit = await auth.database.auditEntry.findMany({ where: { subjectId: id }, orderBy: { sequence: 'asc' } });
    expect(audit.map(({ action }) => action)).toEqual(['limit_created', 'limit_updated', 'limit_deleted']);
  });

  it.each([
    [{ requestsPerMinute: 0 }, 400],
    [{ requestsPerMinute: null }, 400],
    [{ level: 'end_user' }, 400],
    [{ level: 'team', subjectId: randomUUID() }, 404],
    [{ level: 'key', subjectId: randomUUID() }, 404],
  ])('are not created with %j', async (fields, status) => {
    expect((await create({ ...shared, ...fields })).status).toBe(status);
  });

  it("are never above the operator's ceiling (I14)", async () => {
    const refused = await create({ ...shared, requestsPerMinute: 1001 });
    expect(refused).toMatchObject({ status: 400, body: { detail: expect.stringContaining('1000') } });
    const other = await auth.createAccount();
    const { id } = (await create({ ...shared, requestsPerMinute: 1000 }, other)).body as Limit;
    const raised = await auth.call('PATCH', `${path}/${id}`, { as: as(other), body: { requestsPerMinute: 1001 } });
    expect(raised.status).toBe(400);
  });

  it('are in the verdict on a key of the team, and on no other key', async () => {
    const account = await auth.createAccount();
    const as = { ...account.principal, sessionId: randomUUID() };
    const made = await auth.call('POST', '/v1/auth/organization/teams', { as, body: { name: 'search' } });
    const { id: teamId } = team.parse(made.body);
    const [ofTeam, other] = [
      await auth.createKey(account.principal, { teamId }),
      await auth.createKey(account.principal),
    ];
    const before = await auth.database.keyEpoch.findFirstOrThrow();
    const limits = [
      { ...shared, name: 'team', level: 'team', subjectId: teamId, models: ['m'] },
      { ...shared, name: 'user', level: 'user', subjectId: account.principal.userId, concurrentRequests: 2 },
      { ...shared, name: 'key', level: 'key', subjectId: ofTeam.id, tokensPerMinute: 7 },
    ];
    for (const limit of limits) expect((await create(limit, account)).status).toBe(201);

    const namesOf = (verdict: unknown) =>
      (verdict as { principal: { levelLimits?: Limit[] } }).principal.levelLimits?.map(({ name }) => name).sort();
    expect(namesOf(await verdictOf(ofTeam.key))).toEqual(['key', 'team', 'user']);
    expect(namesOf(await verdictOf(other.key))).toEqual(['user']);
    expect(await verdictOf(ofTeam.key)).toMatchObject({ principal: { teamId } });
    const rotated = await auth.call('POST', `/v1/auth/api-keys/${ofTeam.id}/rotate`, { as, body: {} });
    expect(namesOf(await verdictOf((rotated.body as { key: string }).key))).toEqual(['key', 'team', 'user']);
    expect((await auth.database.keyEpoch.findFirstOrThrow()).epoch > before.epoch).toBe(true);
    expect(auth.published.some(({ organizationIds }) => organizationIds?.includes(account.principal.orgId))).toBe(true);

    expect((await auth.call('DELETE', `/v1/auth/organization/teams/${teamId}`, { as })).status).toBe(204);
    const list = await auth.call('GET', path, { as });
    expect((list.body as { data: Limit[] }).data.map(({ level }) => level).sort()).toEqual(['key', 'user']);
  });

  it('are three for one subject, at most', async () => {
    const other = await auth.createAccount();
    const statuses: number[] = [];
    for (let index = 0; index < 4; index += 1) statuses.push((await create(shared, other)).status);
    expect(statuses).toEqual([201, 201, 201, 409]);
  });
});
