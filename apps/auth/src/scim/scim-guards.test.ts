import { createdScimToken } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { membershipsPerUserMax } from '../sessions/choose-organization.ts';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';

/** Each case fails if one guard is removed. */
describe('a guard of SCIM', () => {
  let auth: AuthHarness;
  let owner: Account;
  let session: Account['principal'];
  let token: string;
  beforeAll(async () => {
    auth = await startAuth({ LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '10000' });
    owner = await auth.createAccount();
    session = { ...owner.principal, sessionId: crypto.randomUUID() };
    const operator = await auth.createAccount('operator');
    const provider = { label: 'Acme', issuer: 'https://id.acme.com', clientId: 'x', domains: ['acme.com'] };
    const body = { ...provider, organizationId: session.orgId };
    await auth.call('PUT', '/v1/auth/sso-providers/acme', { as: operator.principal, body });
    token = await createToken({});
  });
  afterAll(() => auth.stop());

  async function createToken(body: object): Promise<string> {
    const path = '/v1/auth/organization/scim-tokens';
    const answer = await auth.call('POST', path, { as: session, body: { name: 'idp', ...body } });
    return createdScimToken.parse(answer.body).token;
  }
  const scim = (method: string, path: string, body?: unknown, credential = token) =>
    auth.call(method, `/scim/v2${path}`, {
      as: 'api-gateway',
      ...(body !== undefined && { body }),
      headers: { authorization: `Bearer ${credential}` },
    });
  const inactive = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', value: { active: false } }],
  };
  const at = () => ({ createdAt: new Date(auth.clock.now()) });
  /** An account with an address of the company, which is no member of it. */
  async function createColleague(fields: object = {}): Promise<Account & { email: string }> {
    const account = await auth.createAccount();
    const email = `${crypto.randomUUID()}@acme.com`;
    const data = { email, emailVerifiedAt: new Date(0), ...fields };
    await auth.database.user.update({ where: { id: account.principal.userId }, data });
    return { ...account, email };
  }

  it('makes no member of an operator of the installation (I17)', async () => {
    const { email } = await createColleague({ isOperator: true });
    expect((await scim('POST', '/Users', { userName: email })).body).toMatchObject({ status: '403' });
  });

  it('takes the password, sessions and keys of an account whose address was never verified (I17)', async () => {
    const stranger = await createColleague({ emailVerifiedAt: null });
    const key = await auth.createKey({ ...stranger.principal, sessionId: crypto.randomUUID() });
    expect((await scim('POST', '/Users', { userName: stranger.email })).status).toBe(201);
    const user = await auth.database.user.findUnique({ where: { email: stranger.email } });
    expect(user).toMatchObject({ passwordHash: null });
    expect(await auth.database.apiKey.findUnique({ where: { id: key.id } })).toMatchObject({
      revokedAt: expect.any(Date),
    });
  });

  it('changes no account of an operator, and ends no session of one (I17)', async () => {
    const operator = await createColleague();
    const { userId } = operator.principal;
    const { id } = (await scim('POST', '/Users', { userName: operator.email })).body as { id: string };
    await auth.database.user.update({ where: { id: userId }, data: { isOperator: true, name: 'Root' } });
    await auth.logIn(operator);
    await scim('PUT', `/Users/${id}`, { userName: operator.email, displayName: 'Renamed' });
    expect(await auth.database.user.findUnique({ where: { id } })).toMatchObject({ name: 'Root' });
    await scim('PATCH', `/Users/${id}`, inactive);
    expect(await auth.database.session.count({ where: { userId, endedAt: null } })).toBe(1);
  });

  it('ends every session of a leaver with an address of the company, and none of another person (I3)', async () => {
    const colleague = await createColleague();
    await scim('POST', '/Users', { userName: colleague.email });
    const guest = await auth.createMember(session, 'developer');
    await auth.logIn(colleague);
    await auth.logIn(guest);
    for (const { principal } of [colleague, guest]) await scim('PATCH', `/Users/${principal.userId}`, inactive);
    const open = (userId: string) => auth.database.session.count({ where: { userId, endedAt: null } });
    expect([await open(colleague.principal.userId), await open(guest.principal.userId)]).toEqual([0, 1]);
  });

  it('forgets the link of a deleted person to the identity provider', async () => {
    const { email, principal } = await createColleague();
    const { id } = (await scim('POST', '/Users', { userName: email })).body as { id: string };
    const { id: providerId } = await auth.database.ssoProvider.findUniqueOrThrow({ where: { name: 'acme' } });
    await auth.database.ssoIdentity.create({ data: { providerId, subject: 's', userId: principal.userId, ...at() } });
    expect((await scim('DELETE', `/Users/${id}`)).status).toBe(204);
    expect(await auth.database.ssoIdentity.count({ where: { userId: principal.userId } })).toBe(0);
  });

  it('gives no person more memberships than the most', async () => {
    const { email, principal } = await createColleague();
    const organizations = Array.from({ length: membershipsPerUserMax }, () => ({
      id: crypto.randomUUID(),
      name: 'x',
      ...at(),
    }));
    await auth.database.organization.createMany({ data: organizations });
    await auth.database.membership.createMany({
      data: organizations.map(({ id }) => ({
        ...{ organizationId: id, userId: principal.userId, role: 'viewer' as const, ...at() },
      })),
    });
    expect((await scim('POST', '/Users', { userName: email })).body).toMatchObject({ status: '409' });
  });

  it('revokes the keys of a leaver who is the heir that the token names', async () => {
    const heir = await createColleague();
    const { id } = (await scim('POST', '/Users', { userName: heir.email })).body as { id: string };
    const key = await auth.createKey({ ...heir.principal, orgId: session.orgId, sessionId: crypto.randomUUID() });
    const credential = await createToken({ handKeysTo: id });
    expect((await scim('PATCH', `/Users/${id}`, inactive, credential)).status).toBe(200);
    expect(await auth.database.apiKey.findUnique({ where: { id: key.id } })).toMatchObject({
      revokedAt: expect.any(Date),
    });
  });

  it('lets no token of an organisation in that is to be deleted', async () => {
    const where = { id: session.orgId };
    await auth.database.organization.update({ where, data: { deleteAt: new Date(auth.clock.now() + 1000) } });
    expect((await scim('GET', '/Users')).body).toMatchObject({ status: '403' });
    await auth.database.organization.update({ where, data: { deleteAt: null } });
  });
});
