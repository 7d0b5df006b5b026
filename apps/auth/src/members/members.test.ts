import { apiKeyList, member, memberList, membershipList, type Principal, tokenAnswer } from '@aggregator/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { sha256Hex } from '../keys/key-hasher.ts';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';

const members = '/v1/auth/organization/members';

describe('members of an organisation', () => {
  let auth: AuthHarness;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth({ LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000' });
  });
  afterAll(() => auth.stop());
  beforeEach(async () => {
    const { principal, ...account } = await auth.createAccount();
    owner = { ...account, principal: { ...principal, sessionId: crypto.randomUUID() } };
  });

  const patch = (as: Principal, { userId }: Principal, role: string) =>
    auth.call('PATCH', `${members}/${userId}`, { as, body: { role } });
  const remove = (as: Principal, { userId }: Principal, query = '') =>
    auth.call('DELETE', `${members}/${userId}${query}`, { as });
  const roleOf = async ({ orgId: organizationId, userId }: Principal) =>
    (await auth.database.membership.findUnique({ where: { organizationId_userId: { organizationId, userId } } }))?.role;
  const verdictOf = async (key: string) => {
    const body = { keySha256: sha256Hex(key) };
    return (await auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body })).body;
  };
  const auditOf = (subjectId: string) =>
    auth.database.auditEntry.findMany({ where: { subjectId }, orderBy: { sequence: 'asc' } });

  it('are listed by name, in pages', async () => {
    auth.clock.advance(1);
    const ada = await auth.createMember(owner.principal, 'developer');

    const answer = await auth.call('GET', `${members}?limit=1`, { as: owner.principal });
    const first = memberList.parse(answer.body);
    expect(first.data).toMatchObject([{ email: owner.email, role: 'owner', isServiceAccount: false }]);
    const rest = await auth.call('GET', `${members}?cursor=${first.nextCursor}`, { as: owner.principal });
    expect(memberList.parse(rest.body)).toMatchObject({ data: [{ email: ada.email }], nextCursor: null });
  });

  it('get another role, with an audit entry of before and after, and gateways ask again (I3, I21)', async () => {
    const ada = await auth.createMember(owner.principal, 'developer');
    auth.published.length = 0;

    const answer = await patch(owner.principal, ada.principal, 'viewer');

    expect(answer.body).toMatchObject({ userId: ada.principal.userId, role: 'viewer' });
    expect(auth.published).toMatchObject([{ userIds: [ada.principal.userId] }]);
    expect((await auditOf(ada.principal.userId)).at(-1)).toMatchObject({
      ...{ action: 'member_role_changed', actorUserId: owner.principal.userId },
      details: { before: 'developer', after: 'viewer' },
    });
  });

  it('lose with their role what their API keys could do (I3)', async () => {
    const ada = await auth.createMember(owner.principal, 'developer');
    const { key } = await auth.createKey(ada.principal, { scopes: ['ai:invoke', 'usage:read'] });

    await patch(owner.principal, ada.principal, 'viewer');

    expect(await verdictOf(key)).toMatchObject({ valid: true, principal: { scopes: ['usage:read'] } });
  });

  it('cannot make or unmake an owner as an admin (I17)', async () => {
    const admin = await auth.createMember(owner.principal, 'admin');
    const ada = await auth.createMember(owner.principal, 'developer');

    expect((await patch(admin.principal, ada.principal, 'owner')).status).toBe(403);
    expect((await patch(admin.principal, admin.principal, 'owner')).status).toBe(403);
    expect((await patch(admin.principal, owner.principal, 'viewer')).status).toBe(403);
    expect((await remove(admin.principal, owner.principal)).status).toBe(403);
    expect((await patch(admin.principal, ada.principal, 'admin')).status).toBe(200);
    expect([await roleOf(owner.principal), await roleOf(admin.principal)]).toEqual(['owner', 'admin']);
  });

  it('are never without an owner, whichever of two owners steps down first', async () => {
    const other = await auth.createMember(owner.principal, 'owner');

    const answers = await Promise.all([
      patch(owner.principal, owner.principal, 'admin'),
      auth.call('POST', '/v1/auth/organization/leave', { as: other.principal }),
    ]);

    expect(answers.map(({ status }) => status === 409)).toContain(true);
    const { orgId: organizationId } = owner.principal;
    expect(await auth.database.membership.count({ where: { organizationId, role: 'owner' } })).toBe(1);
  });

  it('cannot be left with an owner alone whom the operator blocks', async () => {
    const other = await auth.createMember(owner.principal, 'owner');
    await auth.database.user.update({ where: { id: other.principal.userId }, data: { blockedAt: new Date() } });

    const answer = await patch(owner.principal, owner.principal, 'admin');
    expect(answer.body).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('lose membership, sessions and keys when they are removed, and no key stays without an owner (I3)', async () => {
    const ada = await auth.createMember(owner.principal, 'developer');
    const { key, id } = await auth.createKey(ada.principal);
    const child = await auth.createKey({ ...ada.principal, keyId: id, scopes: ['ai:invoke', 'keys:manage'] });
    const tokens = tokenAnswer.parse(
      (
        await auth.call('POST', '/v1/auth/login', {
          as: 'api-gateway',
          body: { email: ada.email, password: ada.password, organizationId: owner.principal.orgId },
        })
      ).body,
    );
    const { sid } = decodeJwt(tokens.accessToken);
    const session = async () =>
      (
        await auth.call('GET', `/internal/sessions/${sid}?organizationId=${owner.principal.orgId}`, {
          as: 'api-gateway',
        })
      ).body;
    expect(await session()).toMatchObject({ valid: true });
    auth.published.length = 0;

    expect((await remove(owner.principal, ada.principal)).status).toBe(204);

    expect(await session()).toEqual({ valid: false });
    expect([await verdictOf(key), await verdictOf(child.key)]).toEqual([{ valid: false }, { valid: false }]);
    expect(auth.published).toMatchObject([
      { userIds: [ada.principal.userId], organizationIds: [owner.principal.orgId] },
    ]);
    expect((await auditOf(ada.principal.userId)).at(-1)).toMatchObject({
      ...{ action: 'member_removed', details: { role: 'developer', keys: 2 } },
    });
    // The account stays, and works in its own organisation.
    expect(decodeJwt((await auth.logIn(ada)).accessToken)).not.toMatchObject({ org: owner.principal.orgId });
  });

  it('lose with their keys those that the keys made for a service account (I3)', async () => {
    const admin = (await auth.createMember(owner.principal, 'admin')).principal;
    const body = { name: 'nightly', role: 'developer' };
    const created = await auth.call('POST', '/v1/auth/organization/service-accounts', { as: admin, body });
    const { userId: serviceAccountId } = member.parse(created.body);
    const maker = await auth.createKey(admin, { scopes: ['ai:invoke', 'keys:manage'] });
    const { key } = await auth.createKey({ ...admin, keyId: maker.id }, { serviceAccountId, scopes: ['ai:invoke'] });
    expect(await verdictOf(key)).toMatchObject({ valid: true, principal: { userId: serviceAccountId } });

    await remove(owner.principal, admin);

    expect(await verdictOf(key)).toEqual({ valid: false });
  });

  it('hand their keys to another member, in whose name they then work', async () => {
    const ada = await auth.createMember(owner.principal, 'developer');
    const { key, id } = await auth.createKey(ada.principal);

    const answer = await remove(owner.principal, ada.principal, `?handKeysTo=${owner.principal.userId}`);

    expect(answer.status).toBe(204);
    expect(await verdictOf(key)).toMatchObject({ valid: true, principal: { userId: owner.principal.userId } });
    expect((await auditOf(id)).at(-1)).toMatchObject({
      ...{ action: 'api_key_handed_over', details: { from: ada.principal.userId, to: owner.principal.userId } },
    });
  });

  it('hand their keys to no stranger, and then nothing changes (I17)', async () => {
    const ada = await auth.createMember(owner.principal, 'developer');
    const stranger = await auth.createAccount();
    const { key } = await auth.createKey(ada.principal);

    const query = `?handKeysTo=${stranger.principal.userId}`;
    expect((await remove(owner.principal, ada.principal, query)).body).toMatchObject({
      ...{ status: 400, code: 'invalid_value', param: 'handKeysTo' },
    });
    expect(await verdictOf(key)).toMatchObject({ valid: true, principal: { userId: ada.principal.userId } });
  });

  it('can leave by themselves', async () => {
    const ada = await auth.createMember(owner.principal, 'viewer');
    expect((await auth.call('POST', '/v1/auth/organization/leave', { as: ada.principal })).status).toBe(204);
    expect(await roleOf(ada.principal)).toBeUndefined();
  });

  it('get the ownership from an owner, who is an admin afterwards', async () => {
    const ada = await auth.createMember(owner.principal, 'developer');
    const body = { userId: ada.principal.userId };

    const answer = await auth.call('POST', '/v1/auth/organization/transfer', { as: owner.principal, body });

    expect(answer.status).toBe(204);
    expect([await roleOf(ada.principal), await roleOf(owner.principal)]).toEqual(['owner', 'admin']);
    const again = await auth.call('POST', '/v1/auth/organization/transfer', { as: owner.principal, body });
    expect(again.status).toBe(403);
  });

  it('manage the keys in their reach: all as an admin, their own as a developer (I17)', async () => {
    const [admin, ada, bob] = await Promise.all([
      auth.createMember(owner.principal, 'admin'),
      auth.createMember(owner.principal, 'developer'),
      auth.createMember(owner.principal, 'developer'),
    ]);
    const ofAda = await auth.createKey(ada.principal);
    const ofBob = await auth.createKey(bob.principal);
    const list = async (as: Principal) =>
      apiKeyList.parse((await auth.call('GET', '/v1/auth/api-keys', { as })).body).data.map(({ id }) => id);
    const revoke = async (as: Principal) => (await auth.call('DELETE', `/v1/auth/api-keys/${ofBob.id}`, { as })).status;

    expect(await list(ada.principal)).toEqual([ofAda.id]);
    expect((await list(admin.principal)).sort()).toEqual([ofAda.id, ofBob.id].sort());
    expect(await revoke(ada.principal)).toBe(404);
    const rotation = await auth.call('POST', `/v1/auth/api-keys/${ofBob.id}/rotate`, { as: ada.principal });
    expect(rotation.status).toBe(404);
    expect(await verdictOf(ofBob.key)).toMatchObject({ valid: true });
    expect(await revoke(admin.principal)).toBe(204);
  });

  it('are not managed by an API key of any member (I17)', async () => {
    const ada = await auth.createMember(owner.principal, 'developer');
    const { id } = await auth.createKey(owner.principal);
    const key = { ...owner.principal, keyId: id };

    expect((await patch(key, ada.principal, 'admin')).status).toBe(403);
    expect((await remove(key, ada.principal)).status).toBe(403);
  });
});

describe('a person in several organisations', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  it('sees them, and gets access tokens for each by login and by refresh', async () => {
    const { principal: owner } = await auth.createAccount();
    const ada = await auth.createMember(owner, 'viewer');
    const home = (await auth.database.user.findUniqueOrThrow({ where: { email: ada.email } })).organizationId;
    const answer = await auth.call('GET', '/v1/auth/memberships', { as: ada.principal });
    const listed = membershipList.parse(answer.body).data;
    expect(listed.find(({ isCurrent }) => isCurrent)).toMatchObject({ organizationId: owner.orgId, role: 'viewer' });
    expect(listed.find(({ isCurrent }) => !isCurrent)).toMatchObject({ organizationId: home, role: 'owner' });

    const first = await auth.logIn(ada);
    expect(decodeJwt(first.accessToken)).toMatchObject({ org: home });
    const refresh = async (body: Record<string, string>) =>
      tokenAnswer.parse((await auth.call('POST', '/v1/auth/refresh', { as: 'api-gateway', body })).body);
    const second = await refresh({ refreshToken: first.refreshToken, organizationId: owner.orgId });
    expect(decodeJwt(second.accessToken)).toMatchObject({ org: owner.orgId, scopes: ['profile:manage', 'usage:read'] });
    const third = await refresh({ refreshToken: second.refreshToken });
    expect(decodeJwt(third.accessToken)).toMatchObject({ org: owner.orgId });
  });

  it('gets none for an organisation that it is not in, and keeps its session (I17)', async () => {
    const { principal: stranger } = await auth.createAccount();
    const ada = await auth.createAccount();
    const { refreshToken } = await auth.logIn(ada);
    const refresh = (body: Record<string, string>) =>
      auth.call('POST', '/v1/auth/refresh', { as: 'api-gateway', body });

    const { email, password } = ada;
    const login = { email, password, organizationId: stranger.orgId };
    expect((await auth.call('POST', '/v1/auth/login', { as: 'api-gateway', body: login })).status).toBe(403);
    expect((await refresh({ refreshToken, organizationId: stranger.orgId })).status).toBe(403);
    expect((await refresh({ refreshToken })).status).toBe(200);
  });
});
