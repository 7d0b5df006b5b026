import { createdScimToken } from '@aggregator/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Account, type Answer, type AuthHarness, startAuth } from '../testing/start-auth.ts';
import { scimUsersMax } from './users.ts';

const patchOf = (...Operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
});

describe('an attack by SCIM', () => {
  let auth: AuthHarness;
  let owner: Account;
  let session: Account['principal'];
  let token: string;
  beforeAll(async () => {
    auth = await startAuth();
    owner = await auth.createAccount();
    session = { ...owner.principal, sessionId: crypto.randomUUID() };
    const operator = await auth.createAccount('operator');
    const provider = {
      ...{ label: 'Acme', issuer: 'https://id.acme.com', clientId: 'x', domains: ['acme.com'] },
      organizationId: owner.principal.orgId,
    };
    await auth.call('PUT', '/v1/auth/sso-providers/acme', { as: operator.principal, body: provider });
  });
  beforeEach(async () => {
    token = await createToken(session);
  });
  afterAll(() => auth.stop());

  async function createToken(as: Account['principal']): Promise<string> {
    await auth.database.scimToken.deleteMany({ where: { organizationId: as.orgId } });
    const path = '/v1/auth/organization/scim-tokens';
    return createdScimToken.parse((await auth.call('POST', path, { as, body: { name: 'idp' } })).body).token;
  }

  const scim = (method: string, path: string, body?: unknown): Promise<Answer> =>
    auth.call(method, `/scim/v2${path}`, {
      as: 'api-gateway',
      ...(body !== undefined && { body }),
      headers: { authorization: `Bearer ${token}` },
    });
  const create = async (local: string) =>
    (await scim('POST', '/Users', { userName: `${local}@acme.com`, displayName: local })).body as { id: string };
  const patch = async (id: string, operation: object) => (await scim('PATCH', `/Users/${id}`, patchOf(operation))).body;
  const membershipOf = (userId: string) =>
    auth.database.membership.findFirst({ where: { userId, organizationId: owner.principal.orgId } });

  describe('a token of an admin', () => {
    let admin: Account['principal'];
    let second: Account['principal'];
    beforeEach(async () => {
      const join = async (role: 'admin' | 'owner', email: string) => {
        const { principal } = await auth.createAccount();
        await auth.database.user.update({ where: { id: principal.userId }, data: { email } });
        const place = { organizationId: owner.principal.orgId, userId: principal.userId, role };
        await auth.database.membership.deleteMany({ where: { userId: principal.userId } });
        await auth.database.membership.create({ data: { ...place, createdAt: new Date(auth.clock.now()) } });
        return { ...principal, orgId: owner.principal.orgId, sessionId: crypto.randomUUID() };
      };
      admin = await join('admin', `${crypto.randomUUID()}@acme.com`);
      second = await join('owner', `${crypto.randomUUID()}@acme.com`);
      token = await createToken(admin);
    });

    it.each([
      ['DELETE', undefined],
      ['PATCH', patchOf({ op: 'replace', value: { active: false } })],
      ['PUT', { userName: 'x', active: false }],
    ])('removes no owner by %s, as its maker cannot (I17)', async (method, body) => {
      const answer = await scim(method, `/Users/${second.userId}`, body);

      expect(answer.body).toMatchObject({ status: '403' });
      expect(await membershipOf(second.userId)).toMatchObject({ role: 'owner' });
    });

    it('gives an owner no other address, to which a link for a new password would be sent (I17)', async () => {
      const before = await auth.database.user.findUnique({ where: { id: second.userId } });
      await patch(second.userId, { op: 'replace', path: 'emails.value', value: 'taken@acme.com' });
      expect(await auth.database.user.findUnique({ where: { id: second.userId } })).toMatchObject({
        email: before?.email,
      });

      token = await createToken(session);
      await patch(second.userId, { op: 'replace', path: 'emails.value', value: 'married@acme.com' });
      expect(await auth.database.user.findUnique({ where: { id: second.userId } })).toMatchObject({
        email: 'married@acme.com',
      });
    });

    it.each([
      ['a developer by now', { role: 'developer' }, 403],
      ['a viewer by now', { role: 'viewer' }, 403],
    ] as const)('does nothing if its maker is %s (I17)', async (_what, data, status) => {
      const where = { organizationId_userId: { organizationId: admin.orgId, userId: admin.userId } };
      await auth.database.membership.update({ where, data });
      expect((await scim('GET', '/Users')).status).toBe(status);
    });

    it('does nothing while its maker is blocked (I17)', async () => {
      await auth.database.user.update({ where: { id: admin.userId }, data: { blockedAt: new Date(0) } });
      expect((await scim('GET', '/Users')).body).toMatchObject({ status: '403' });
    });

    const remove = (userId: string, heir?: string) => {
      const path = `/v1/auth/organization/members/${userId}${heir === undefined ? '' : `?handKeysTo=${heir}`}`;
      return auth.call('DELETE', path, { as: session });
    };
    const tokenRow = () => auth.database.scimToken.findFirst({ where: { organizationId: admin.orgId } });

    it('is revoked when its maker is removed, with an audit entry (I17, I21)', async () => {
      expect((await remove(admin.userId)).status).toBe(204);
      expect((await scim('GET', '/Users')).status).toBe(401);
      const subjectId = (await tokenRow())?.id ?? '';
      const entry = await auth.database.auditEntry.findFirst({ where: { subjectId }, orderBy: { sequence: 'desc' } });
      expect(entry).toMatchObject({ action: 'scim_token_revoked', details: { reason: 'maker_left' } });
    });

    it('passes to the heir of the API keys if that manages members and is no owner', async () => {
      const other = await auth.createMember(session, 'admin');
      expect((await remove(admin.userId, other.principal.userId)).status).toBe(204);
      expect(await tokenRow()).toMatchObject({ createdById: other.principal.userId, revokedAt: null });
      expect((await scim('GET', '/Users')).status).toBe(200);
      expect((await remove(other.principal.userId, owner.principal.userId)).status).toBe(204);
      expect((await scim('GET', '/Users')).status).toBe(401);
    });

    it('by which the identity provider removes its maker still removes later leavers', async () => {
      const { id } = await create(`leaver-${crypto.randomUUID()}`);
      await auth.createMember(session, 'admin');
      expect((await scim('DELETE', `/Users/${admin.userId}`)).status).toBe(204);
      expect((await scim('DELETE', `/Users/${id}`)).status).toBe(204);
      expect(await membershipOf(id)).toBeNull();
    });

    it('removes an owner if its maker is an owner by now', async () => {
      const where = { organizationId_userId: { organizationId: admin.orgId, userId: admin.userId } };
      await auth.database.membership.update({ where, data: { role: 'owner' } });

      expect((await scim('DELETE', `/Users/${second.userId}`)).status).toBe(204);
      expect(await membershipOf(second.userId)).toBeNull();
    });
  });

  describe('an address', () => {
    it('of an account that is a member elsewhere too is not changed (I17)', async () => {
      const { id } = await create('shared');
      const other = await auth.createAccount();
      const place = { organizationId: other.principal.orgId, userId: id, role: 'owner' as const };
      await auth.database.membership.create({ data: { ...place, createdAt: new Date(auth.clock.now()) } });
      const after = await patch(id, {
        ...{ op: 'replace', value: { displayName: 'New', userName: 'evil@acme.com' } },
      });
      expect(after).toMatchObject({ displayName: 'New', userName: 'evil@acme.com' });
      const mailed = await patch(id, { op: 'replace', path: 'emails.value', value: 'evil@acme.com' });

      expect(mailed).toMatchObject({ emails: [{ value: 'shared@acme.com' }] });
      expect(await auth.database.user.findUnique({ where: { id } })).toMatchObject({ email: 'shared@acme.com' });
    });

    it('that is changed takes the links with it that were sent to the one before', async () => {
      const { id } = await create('moved');
      const times = { createdAt: new Date(auth.clock.now()), expiresAt: new Date(auth.clock.now() + 1e6) };
      const link = { id: crypto.randomUUID(), userId: id, purpose: 'password_reset' as const };
      await auth.database.emailToken.create({ data: { ...link, ...times, tokenHash: new Uint8Array(32) } });
      await patch(id, { op: 'replace', path: 'emails.value', value: 'moved2@acme.com' });

      expect(await auth.database.emailToken.findUnique({ where: { id: link.id } })).toMatchObject({
        usedAt: expect.any(Date),
      });
    });
  });

  it('makes no more people known than the most, also inactive ones', async () => {
    const { orgId } = owner.principal;
    const before = await auth.database.scimUser.count({ where: { organizationId: orgId } });
    await auth.database.$executeRaw`
      WITH person AS (
        INSERT INTO "user" (id, organization_id, email, name, role, created_at)
        SELECT gen_random_uuid(), ${orgId}::uuid, 'known' || n || '@acme.com', 'A', 'member', now()
        FROM generate_series(1, ${scimUsersMax - before - 1}::int) AS n RETURNING id, email)
      INSERT INTO scim_user (organization_id, user_id, user_name, user_name_key, is_active, created_at, changed_at)
      SELECT ${orgId}::uuid, id, email, email, false, now(), now() FROM person`;
    const make = () => scim('POST', '/Users', { userName: `${crypto.randomUUID()}@acme.com`, active: false });

    expect((await make()).status).toBe(201);
    expect((await make()).body).toMatchObject({ status: '409' });
  });
});
