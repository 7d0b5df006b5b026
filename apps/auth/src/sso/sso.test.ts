import { signInMethods, ssoProvider } from '@aggregator/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type SsoHarness, startSso, verified } from '../testing/start-sso.ts';

describe('single sign-on', () => {
  let sso: SsoHarness;
  beforeAll(async () => {
    sso = await startSso();
  });
  beforeEach(() => sso.reset());
  afterAll(() => sso.stop());

  const findUser = (email: string) =>
    sso.auth.database.user.findUnique({ where: { email }, include: { memberships: true, ssoIdentities: true } });

  describe('a first login', () => {
    it('makes a member with the role of the provider, whose token works for the organisation', async () => {
      sso.idp.next.claims = verified('first');
      const { accessToken } = await sso.logIn();
      const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());

      expect(claims).toMatchObject({ org: sso.owner.principal.orgId, scopes: expect.arrayContaining(['ai:invoke']) });
      expect(await findUser('first@acme.com')).toMatchObject({
        ...{ passwordHash: null, emailVerifiedAt: expect.any(Date) },
        memberships: [{ organizationId: sso.owner.principal.orgId, role: 'developer' }],
      });
    });

    it('sends the secret, the code verifier and one state, and asks for nothing that a page could read', async () => {
      const { start } = await sso.begin();
      const location = new URL(start.headers.get('location') ?? '');

      expect(location.searchParams.get('code_challenge_method')).toBe('S256');
      expect(location.searchParams.get('redirect_uri')).toBe('https://ai.example.com/v1/auth/sso/acme/callback');
      expect(start.headers.get('set-cookie')).toMatch(/HttpOnly; SameSite=Lax; Secure$/);
      await sso.logIn();
      const { code_verifier: verifier, client_secret: secret } = Object.fromEntries(sso.idp.tokenRequests.at(-1) ?? []);
      expect({ verifier, secret }).toEqual({ verifier: expect.stringMatching(/^.{43}$/), secret: 'a secret' });
    });

    it('reads the address and the groups from UserInfo if the ID token has none', async () => {
      sso.idp.next.claims = { sub: 'info' };
      sso.idp.next.userInfo = verified('info');
      await sso.put({ clientId: 'other' });
      await sso.logIn();

      expect(await findUser('info@acme.com')).not.toBeNull();
    });

    it.each([
      ['an address that is not verified', { ...verified('x'), email_verified: false }, {}],
      ['an address of which nothing is stated', { sub: 'x', email: 'x@acme.com' }, {}],
      ['no address', { sub: 'x' }, {}],
      ['an address of another domain', { ...verified('x'), email: 'x@acme.com.example.org' }, {}],
      ['a person that the provider may not make a member', verified('x'), { createsUsers: false }],
      ['a person without a role', verified('x'), { defaultRole: null }],
      [
        'a false flag, although addresses are trusted',
        { ...verified('x'), email_verified: 'false' },
        { isEmailTrusted: true },
      ],
    ])('rejects %s, and makes no user', async (_what, claims, changes) => {
      await sso.put(changes);
      sso.idp.next.claims = claims;
      const { fragment } = await sso.finish();

      expect(fragment.get('sso_error')).toBe('sso_not_allowed');
      expect(await findUser('x@acme.com')).toBeNull();
    });

    it('believes an address without a flag if the operator says so', async () => {
      await sso.put({ isEmailTrusted: true });
      sso.idp.next.claims = { sub: 'entra', email: 'Entra@ACME.com' };
      await sso.logIn();

      expect(await findUser('entra@acme.com')).not.toBeNull();
    });
  });

  describe('an account that exists', () => {
    async function register(email: string, isVerified: boolean) {
      const body = { email, password: 'a long password', name: 'A' };
      await sso.auth.call('POST', '/v1/auth/register', { as: 'api-gateway', body });
      const data = { emailVerifiedAt: isVerified ? new Date() : null };
      return await sso.auth.database.user.update({ where: { email }, data });
    }

    it('is linked by its verified address, and keeps its password and organisation', async () => {
      const { id, organizationId, passwordHash } = await register('known@acme.com', true);
      sso.idp.next.claims = verified('known');
      await sso.logIn();

      expect(await findUser('known@acme.com')).toMatchObject({ id, organizationId, passwordHash });
    });

    it('loses password, sessions and keys if its maker never showed that the address is its own (I17)', async () => {
      const { id, organizationId } = await register('taken@acme.com', false);
      const thief = await sso.auth.logIn({ email: 'taken@acme.com', password: 'a long password' });
      const key = await sso.auth.createKey({ ...sso.owner.principal, orgId: organizationId, userId: id });
      sso.idp.next.claims = verified('taken');
      await sso.logIn();

      const refresh = { as: 'api-gateway' as const, body: { refreshToken: thief.refreshToken } };
      expect((await sso.auth.call('POST', '/v1/auth/refresh', refresh)).status).toBe(401);
      expect(await sso.auth.database.apiKey.findUnique({ where: { id: key.id } })).toMatchObject({
        revokedAt: expect.any(Date),
      });
      expect(await findUser('taken@acme.com')).toMatchObject({ passwordHash: null });
    });

    it('is found by its subject after its address has changed', async () => {
      sso.idp.next.claims = verified('renamed');
      await sso.logIn();
      sso.idp.next.claims = { ...verified('else'), sub: 'renamed', email_verified: false };
      await sso.logIn();

      expect(await findUser('else@acme.com')).toBeNull();
    });

    it('is not that of an operator, unless the provider is for operators', async () => {
      const { userId } = sso.operator.principal;
      await sso.auth.database.user.update({
        where: { id: userId },
        data: { email: 'ops@acme.com', emailVerifiedAt: new Date() },
      });
      sso.idp.next.claims = verified('ops');
      expect((await sso.finish()).fragment.get('sso_error')).toBe('sso_not_allowed');

      await sso.put({ isForOperators: true });
      await sso.logIn();
      expect((await findUser('ops@acme.com'))?.ssoIdentities).toHaveLength(1);
    });

    it('cannot log in when it is blocked', async () => {
      sso.idp.next.claims = verified('blocked');
      await sso.logIn();
      await sso.auth.database.user.update({ where: { email: 'blocked@acme.com' }, data: { blockedAt: new Date() } });

      expect((await sso.finish()).fragment.get('sso_error')).toBe('access_blocked');
    });

    it('is not found by the subject of another issuer', async () => {
      sso.idp.next.claims = verified('subject');
      await sso.logIn();
      await sso.put({ issuer: `${sso.idp.issuer}/other` });

      expect((await findUser('subject@acme.com'))?.ssoIdentities).toEqual([]);
    });
  });

  describe('the mapping', () => {
    async function createTeam(name: string) {
      const answer = await sso.auth.call('POST', '/v1/auth/organization/teams', {
        as: { ...sso.owner.principal, sessionId: crypto.randomUUID() },
        body: { name },
      });
      return (answer.body as { id: string }).id;
    }

    it('gives roles and teams at each login, and takes them back', async () => {
      const teamId = await createTeam('platform');
      const rules = [
        { value: 'staff', role: 'viewer' as const },
        { value: 'platform', role: 'admin' as const, teamId },
      ];
      await sso.put({ mapping: { claim: 'groups', rules }, defaultRole: null });
      sso.idp.next.claims = { ...verified('mapped'), groups: ['staff', 'platform'] };
      await sso.logIn();
      const { id = '' } = (await findUser('mapped@acme.com')) ?? {};
      const read = async () => ({
        role: (await sso.auth.database.membership.findFirst({ where: { userId: id } }))?.role,
        teams: await sso.auth.database.teamMember.count({ where: { userId: id, teamId } }),
      });
      expect(await read()).toEqual({ role: 'admin', teams: 1 });

      sso.idp.next.claims = { ...verified('mapped'), groups: ['staff'] };
      await sso.logIn();
      expect(await read()).toEqual({ role: 'viewer', teams: 0 });

      sso.idp.next.claims = { ...verified('mapped'), groups: [] };
      expect((await sso.finish()).fragment.get('sso_error')).toBe('sso_not_allowed');
    });

    it('makes and unmakes no owner', async () => {
      const { userId } = sso.owner.principal;
      const data = { email: 'boss@acme.com', emailVerifiedAt: new Date() };
      await sso.auth.database.user.update({ where: { id: userId }, data });
      await sso.put({ mapping: { claim: 'groups', rules: [{ value: 'all', role: 'viewer' }] } });
      sso.idp.next.claims = { ...verified('boss'), groups: 'all' };
      await sso.logIn();

      expect((await findUser('boss@acme.com'))?.memberships).toMatchObject([{ role: 'owner' }]);
      expect((await sso.put({ defaultRole: 'owner' as never })).status).toBe(400);
    });
  });

  describe('a domain that is enforced', () => {
    beforeEach(async () => {
      await sso.put({ isEnforced: true });
    });

    it.each([
      ['a login', 'login', { email: 'Any@ACME.com', password: 'x' }],
      ['a registration', 'register', { email: 'any@acme.com', password: 'a long password', name: 'A' }],
    ])('rejects %s with a password', async (_what, route, body) => {
      const answer = await sso.auth.call('POST', `/v1/auth/${route}`, { as: 'api-gateway', body });

      expect(answer).toMatchObject({ status: 403, body: { code: 'sso_required' } });
    });

    it('keeps no operator out', async () => {
      const { userId } = sso.operator.principal;
      await sso.auth.database.user.update({ where: { id: userId }, data: { email: 'ops2@acme.com' } });
      const { password } = sso.operator;

      expect(await sso.auth.logIn({ email: 'ops2@acme.com', password })).toMatchObject({ tokenType: 'Bearer' });
    });

    it('is named by the sign-in methods of its addresses alone', async () => {
      await sso.put({ isEnforced: true, isListed: false });
      const read = async (query: string) =>
        signInMethods.parse((await sso.auth.call('GET', `/v1/auth/methods${query}`, { as: 'api-gateway' })).body);

      expect(await read('')).toMatchObject({ signUp: 'open', isPasswordAllowed: true, providers: [] });
      expect(await read('?email=any@acme.com')).toMatchObject({
        isPasswordAllowed: false,
        providers: [{ name: 'acme', label: 'Acme', startUrl: '/v1/auth/sso/acme/start' }],
      });
    });
  });

  describe('the providers', () => {
    it('are listed without their secrets, and keep them when they are replaced without one', async () => {
      await sso.put({ clientSecret: undefined, label: 'New' });
      const { body, text } = await sso.auth.call('GET', '/v1/auth/sso-providers', { as: sso.operator.principal });
      expect(body).toMatchObject({ data: [{ changedBy: sso.operator.principal.userId }] });

      expect(ssoProvider.parse((body as { data: unknown[] }).data[0])).toMatchObject({
        label: 'New',
        hasClientSecret: true,
      });
      expect(text).not.toContain('a secret');
      const [row] = await sso.auth.database.ssoProvider.findMany();
      expect(Buffer.from(row?.secretSealed ?? []).toString('latin1')).not.toContain('a secret');
    });

    it('give a domain to one organisation', async () => {
      const other = await sso.auth.createAccount();

      expect(await sso.put({ organizationId: other.principal.orgId }, 'other')).toMatchObject({
        status: 409,
        body: { param: 'domains' },
      });
    });

    it('reject a team of another organisation', async () => {
      const rules = [{ value: 'x', teamId: crypto.randomUUID() }];

      expect((await sso.put({ mapping: { claim: 'groups', rules } })).body).toMatchObject({ param: 'mapping' });
    });

    it('are gone after their deletion', async () => {
      const remove = () => sso.auth.call('DELETE', '/v1/auth/sso-providers/acme', { as: sso.operator.principal });

      expect((await remove()).status).toBe(204);
      expect((await remove()).status).toBe(404);
      expect((await sso.get('/v1/auth/sso/acme/start')).status).toBe(404);
    });

    it('answer 503 while they are away', async () => {
      await sso.put({ issuer: 'http://127.0.0.1:9' });

      expect((await sso.get('/v1/auth/sso/acme/start')).status).toBe(503);
    });
  });
});
