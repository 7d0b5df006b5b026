import { blockList, type Principal, sessionVerdict } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { sha256Hex } from '../../keys/key-hasher.ts';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('PUT, DELETE /v1/auth/blocks/{kind}/{id}', () => {
  let auth: AuthHarness;
  let operator: Account;
  beforeAll(async () => {
    auth = await startAuth();
    operator = await auth.createAccount('operator');
  });
  afterAll(() => auth.stop());

  const block = (kind: string, id: string, query = '', as: Principal = operator.principal) =>
    auth.call('PUT', `/v1/auth/blocks/${kind}/${id}${query}`, { as });
  const unblock = (kind: string, id: string) =>
    auth.call('DELETE', `/v1/auth/blocks/${kind}/${id}`, { as: operator.principal });
  const verify = async (key: string) =>
    (await auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body: { keySha256: sha256Hex(key) } })).body;
  const verifySession = async (accessToken: string) => {
    const path = `/internal/sessions/${decodeJwt(accessToken).sid}`;
    return sessionVerdict.parse((await auth.call('GET', path, { as: 'api-gateway' })).body);
  };
  const logIn = ({ email, password }: Account) =>
    auth.call('POST', '/v1/auth/login', { as: 'api-gateway', body: { email, password } });
  const refresh = (refreshToken: string) =>
    auth.call('POST', '/v1/auth/refresh', { as: 'api-gateway', body: { refreshToken } });
  const blocked = { valid: false, reason: 'blocked' };

  it.each([
    ['users', ({ principal }: Account) => principal.userId, { userIds: expect.any(Array) }],
    ['organizations', ({ principal }: Account) => principal.orgId, { organizationIds: expect.any(Array) }],
  ])('ends every way in of blocked %s, and opens each again (I3, I21)', async (kind, idOf, message) => {
    const account = await auth.createAccount();
    const id = idOf(account);
    const { key } = await auth.createKey(account.principal);
    const tokens = await auth.logIn(account);

    expect((await block(kind, id)).status).toBe(204);

    expect(auth.published.at(-1)).toMatchObject(message);
    expect(auth.published.at(-1)?.cut).toBeUndefined();
    expect(await verify(key)).toEqual(blocked);
    expect(await verifySession(tokens.accessToken)).toEqual(blocked);
    expect((await logIn(account)).body).toMatchObject({ status: 403, code: 'access_blocked' });
    expect((await logIn({ ...account, password: 'a wrong password' })).body).toMatchObject({
      code: 'invalid_credentials',
    });
    expect((await refresh(tokens.refreshToken)).body).toMatchObject({ status: 403, code: 'access_blocked' });
    const { body } = await auth.call('GET', '/v1/auth/blocks', { as: operator.principal });
    expect(blockList.parse(body).data).toContainEqual(expect.objectContaining({ kind, id }));
    expect((await block(kind, id)).status).toBe(204);
    expect(await auth.database.auditEntry.count({ where: { action: 'access_blocked', subjectId: id } })).toBe(1);

    expect((await unblock(kind, id)).status).toBe(204);

    expect(await verify(key)).toMatchObject({ valid: true });
    expect(await verifySession(tokens.accessToken)).toMatchObject({ valid: true });
    expect((await refresh(tokens.refreshToken)).status).toBe(200);
    expect(await auth.database.auditEntry.count({ where: { action: 'access_unblocked', subjectId: id } })).toBe(1);
  });

  it('blocks a key with all that it made, and names them to be cut with kill=true (I3)', async () => {
    const { principal } = await auth.createAccount();
    const maker = await auth.createKey(principal);
    const child = await auth.createKey({ ...principal, keyId: maker.id });
    const rotated = await auth.call('POST', `/v1/auth/api-keys/${child.id}/rotate`, { as: principal });
    const other = await auth.createKey(principal);

    await block('api-keys', maker.id, '?kill=true');

    expect(await verify(maker.key)).toEqual(blocked);
    expect(await verify(JSON.parse(rotated.text).key)).toEqual(blocked);
    expect(await verify(other.key)).toMatchObject({ valid: true });
    const { cut } = auth.published.at(-1) ?? {};
    expect(cut?.keyIds).toEqual(expect.arrayContaining([maker.id, child.id]));
    await unblock('api-keys', maker.id);
    expect(await verify(maker.key)).toMatchObject({ valid: true });
  });

  it('grows the epoch, so that a gateway finds a block whose message was lost (I3)', async () => {
    const { principal } = await auth.createAccount();
    const { id } = await auth.createKey(principal);
    const epoch = async () => (await auth.database.keyEpoch.findUniqueOrThrow({ where: { id: 1 } })).epoch;
    for (const [kind, one] of [
      ['api-keys', id],
      ['users', principal.userId],
      ['organizations', principal.orgId],
    ] as const) {
      const before = await epoch();
      await block(kind, one);
      expect(await epoch()).toBeGreaterThan(before);
    }
  });

  it('names in lower case what it blocks, also if the path has capitals: gateways compare text (I3)', async () => {
    const { principal } = await auth.createAccount();
    const { id } = await auth.createKey(principal);

    await block('users', principal.userId.toUpperCase(), '?kill=true');
    expect(auth.published.at(-1)).toMatchObject({ userIds: [principal.userId], cut: { userIds: [principal.userId] } });
    await block('organizations', principal.orgId.toUpperCase(), '?kill=true');
    expect(auth.published.at(-1)).toMatchObject({
      organizationIds: [principal.orgId],
      cut: { organizationIds: [principal.orgId] },
    });
    await block('api-keys', id.toUpperCase(), '?kill=true');
    expect(auth.published.at(-1)?.cut?.keyIds).toEqual([id]);
  });

  it('includes a key that the blocked one put in its own place (I3)', async () => {
    const { principal } = await auth.createAccount();
    const stolen = await auth.createKey(principal, { scopes: ['keys:manage', 'ai:invoke'] });
    const rotated = await auth.call('POST', `/v1/auth/api-keys/${stolen.id}/rotate?overlapSeconds=86400`, {
      as: { ...principal, keyId: stolen.id },
    });

    await block('api-keys', stolen.id);

    expect(await verify(JSON.parse(rotated.text).key)).toEqual(blocked);
  });

  it('answers 409 to an operator that would block itself', async () => {
    const { orgId, userId } = operator.principal;
    for (const [kind, id] of [
      ['organizations', orgId],
      ['users', userId],
    ] as const) {
      expect((await block(kind, id)).status).toBe(409);
      expect((await block(kind, id.toUpperCase())).status).toBe(409);
    }
  });

  it('answers 403 to an owner (I17), 404 for what is unknown, and 400 to another query', async () => {
    const owner = await auth.createAccount();
    const { userId } = owner.principal;
    expect((await block('users', operator.principal.userId, '', owner.principal)).status).toBe(403);
    expect((await auth.call('GET', '/v1/auth/blocks', { as: owner.principal })).status).toBe(403);
    expect((await block('users', crypto.randomUUID())).status).toBe(404);
    expect((await block('users', 'none')).status).toBe(404);
    expect((await block('wallets', userId)).status).toBe(404);
    expect((await block('users', userId, '?force=1')).body).toMatchObject({ status: 400, code: 'unknown_field' });
    const row = await auth.database.user.findUniqueOrThrow({ where: { id: userId } });
    expect(row.blockedAt).toBeNull();
  });
});
