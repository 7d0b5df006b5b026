import { member, type Principal, team, teamList, teamMemberList } from '@aggregator/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../keys/key-hasher.ts';
import { type AuthHarness, startAuth } from '../testing/start-auth.ts';

const teams = '/v1/auth/organization/teams';

describe('teams of an organisation', () => {
  let auth: AuthHarness;
  let owner: Principal;
  beforeAll(async () => {
    auth = await startAuth({ LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000' });
  });
  afterAll(() => auth.stop());
  beforeEach(async () => {
    owner = { ...(await auth.createAccount()).principal, sessionId: crypto.randomUUID() };
  });

  const createTeam = async (body: Record<string, unknown> = {}) =>
    team.parse((await auth.call('POST', teams, { as: owner, body: { name: 'search', ...body } })).body);
  const put = (as: Principal, teamId: string, { userId }: Principal, role = 'member') =>
    auth.call('PUT', `${teams}/${teamId}/members/${userId}`, { as, body: { role } });
  const listTeams = async (as: Principal) =>
    teamList.parse((await auth.call('GET', teams, { as })).body).data.map(({ id }) => id);
  const verdictOf = async (key: string) => {
    const body = { keySha256: sha256Hex(key) };
    return (await auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body })).body;
  };

  it('are created, renamed and listed; a member sees its own teams alone (I17)', async () => {
    const { id } = await createTeam();
    const other = await createTeam({ name: 'ads' });
    const ada = (await auth.createMember(owner, 'developer')).principal;
    await put(owner, id, ada);

    const renamed = await auth.call('PATCH', `${teams}/${id}`, { as: owner, body: { name: 'found' } });
    expect(renamed.body).toMatchObject({ id, name: 'found', models: null });
    expect(new Set(await listTeams(owner))).toEqual(new Set([id, other.id]));
    expect(await listTeams(ada)).toEqual([id]);
    const members = async (as: Principal, teamId: string) =>
      await auth.call('GET', `${teams}/${teamId}/members`, { as });
    expect(teamMemberList.parse((await members(ada, id)).body).data).toMatchObject([{ userId: ada.userId }]);
    expect((await members(ada, other.id)).status).toBe(404);
  });

  it('have different names, also when two are created at once', async () => {
    const create = () => auth.call('POST', teams, { as: owner, body: { name: 'twin' } });
    const answers = await Promise.all([create(), create()]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('bound the models of their keys, and a changed bound counts at once (I3)', async () => {
    const { id } = await createTeam({ models: ['a', 'b'] });
    const all = await auth.createKey(owner, { teamId: id });
    const some = await auth.createKey(owner, { teamId: id, models: ['b', 'c'] });
    expect(await verdictOf(all.key)).toMatchObject({ principal: { models: ['a', 'b'] } });
    expect(await verdictOf(some.key)).toMatchObject({ principal: { models: ['b'] } });
    auth.published.length = 0;

    await auth.call('PATCH', `${teams}/${id}`, { as: owner, body: { models: ['c'] } });

    expect(auth.published).toMatchObject([{ organizationIds: [owner.orgId] }]);
    expect(await verdictOf(all.key)).toMatchObject({ principal: { models: ['c'] } });
    expect(await verdictOf(some.key)).toMatchObject({ principal: { models: ['c'] } });
  });

  it('are staffed by their lead, who makes no lead and staffs no other team (I17)', async () => {
    const [mine, other] = [await createTeam(), await createTeam({ name: 'ads' })];
    const lead = (await auth.createMember(owner, 'developer')).principal;
    const ada = (await auth.createMember(owner, 'developer')).principal;
    await put(owner, mine.id, lead, 'lead');

    expect((await put(lead, mine.id, ada)).status).toBe(204);
    expect((await put(lead, mine.id, ada, 'lead')).status).toBe(403);
    expect((await put(lead, other.id, ada)).status).toBe(404);
    expect((await put(ada, mine.id, lead)).status).toBe(403);
    const removal = await auth.call('DELETE', `${teams}/${mine.id}/members/${ada.userId}`, { as: lead });
    expect(removal.status).toBe(204);
  });

  it('take no member of another organisation (I17)', async () => {
    const { id } = await createTeam();
    expect((await put(owner, id, (await auth.createAccount()).principal)).status).toBe(404);
  });

  it('give their lead the keys of the team, and a member its own alone (I17)', async () => {
    const { id } = await createTeam();
    const lead = (await auth.createMember(owner, 'developer')).principal;
    const ada = (await auth.createMember(owner, 'developer')).principal;
    await put(owner, id, lead, 'lead');
    await put(owner, id, ada);
    const ofTeam = await auth.createKey(ada, { teamId: id });
    const ofAda = await auth.createKey(ada);
    const revoke = async (as: Principal, key: string) =>
      (await auth.call('DELETE', `/v1/auth/api-keys/${key}`, { as })).status;

    expect(await revoke(lead, ofAda.id)).toBe(404);
    expect(await revoke(lead, ofTeam.id)).toBe(204);
  });

  it('have keys of their members alone, and a key of a team makes keys of that team alone (I17)', async () => {
    const [mine, other] = [await createTeam(), await createTeam({ name: 'ads' })];
    const ada = (await auth.createMember(owner, 'developer')).principal;
    await put(owner, mine.id, ada);
    const create = (as: Principal, teamId: string) =>
      auth.call('POST', '/v1/auth/api-keys', { as, body: { name: 'k', teamId } });
    expect((await create(ada, other.id)).status).toBe(404);
    const { id } = await auth.createKey(ada, { teamId: mine.id, scopes: ['ai:invoke', 'keys:manage'] });
    await put(owner, other.id, ada);
    expect((await create({ ...ada, keyId: id }, other.id)).body).toMatchObject({ status: 403, param: 'teamId' });
  });

  it('revoke their keys when they are deleted, and when their maker leaves them (I3)', async () => {
    const { id } = await createTeam();
    const ada = (await auth.createMember(owner, 'developer')).principal;
    await put(owner, id, ada);
    const [ofAda, ofOwner, without] = [
      await auth.createKey(ada, { teamId: id }),
      await auth.createKey(owner, { teamId: id }),
      await auth.createKey(ada),
    ];

    await auth.call('DELETE', `${teams}/${id}/members/${ada.userId}`, { as: owner });
    expect(await verdictOf(ofAda.key)).toEqual({ valid: false });
    expect(await verdictOf(ofOwner.key)).toMatchObject({ valid: true });

    expect((await auth.call('DELETE', `${teams}/${id}`, { as: owner })).status).toBe(204);
    expect(await verdictOf(ofOwner.key)).toEqual({ valid: false });
    expect(await verdictOf(without.key)).toMatchObject({ valid: true });
  });
});

describe('service accounts', () => {
  let auth: AuthHarness;
  let owner: Principal;
  beforeAll(async () => {
    auth = await startAuth();
    owner = { ...(await auth.createAccount()).principal, sessionId: crypto.randomUUID() };
  });
  afterAll(() => auth.stop());

  const create = (as: Principal, role: string) =>
    auth.call('POST', '/v1/auth/organization/service-accounts', { as, body: { name: 'nightly', role } });

  it('are members without an address, and hold keys that never do more than their role (I17)', async () => {
    const account = member.parse((await create(owner, 'viewer')).body);
    expect(account).toMatchObject({ email: null, isServiceAccount: true, role: 'viewer' });

    const { key, userId } = await auth.createKey(owner, {
      ...{ serviceAccountId: account.userId, scopes: ['ai:invoke', 'usage:read'] },
    });

    expect(userId).toBe(account.userId);
    const body = { keySha256: sha256Hex(key) };
    expect((await auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body })).body).toMatchObject({
      principal: { userId: account.userId, scopes: ['usage:read'] },
    });
  });

  it('get keys from no member that manages its own keys alone (I17)', async () => {
    const { userId: serviceAccountId } = member.parse((await create(owner, 'developer')).body);
    const ada = (await auth.createMember(owner, 'developer')).principal;
    const body = { name: 'k', serviceAccountId };
    expect((await auth.call('POST', '/v1/auth/api-keys', { as: ada, body })).status).toBe(403);
  });

  it('manage no people', async () => {
    const { userId } = member.parse((await create(owner, 'developer')).body);
    expect((await create(owner, 'admin')).status).toBe(400);
    const path = `/v1/auth/organization/members/${userId}`;
    expect((await auth.call('PATCH', path, { as: owner, body: { role: 'owner' } })).status).toBe(400);
    const transfer = { as: owner, body: { userId } };
    expect((await auth.call('POST', '/v1/auth/organization/transfer', transfer)).status).toBe(404);
  });
});
