import { invitation, invitationList, type Principal, registerAnswer, teamMemberList } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Account, type AuthHarness, principalFor, startAuth } from '../testing/start-auth.ts';
import { invitationLifetimeMs } from './create-invitation.ts';

const invitations = '/v1/auth/organization/invitations';

describe('invitations', () => {
  let auth: AuthHarness;
  let owner: Principal;
  beforeAll(async () => {
    auth = await startAuth({ LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000', INVITATIONS_PER_DAY: '5' });
  });
  afterAll(() => auth.stop());
  beforeEach(async () => {
    owner = { ...(await auth.createAccount()).principal, sessionId: crypto.randomUUID() };
    auth.mails.length = 0;
  });

  const invite = (email: string, body: Record<string, unknown> = {}, as: Principal = owner) =>
    auth.call('POST', invitations, { as, body: { email, role: 'developer', ...body } });
  const tokenOf = async (email: string) => {
    const find = () => auth.mails.findLast(({ to }) => to === email);
    await waitFor(async () => find() !== undefined, { describe: `mail to ${email}`, timeoutMs: 10_000 });
    return /#token=(\S+)/.exec(find()?.text ?? '')?.[1] ?? '';
  };
  const accept = (body: Record<string, unknown>) =>
    auth.call('POST', '/v1/auth/invitations/accept', { as: 'api-gateway', body });
  const show = (token: string) =>
    auth.call('POST', '/v1/auth/invitations/show', { as: 'api-gateway', body: { token } });
  const newcomer = { name: 'Ada', password: 'a long enough password' };

  it('make a new account a member, with a verified address, once (I21)', async () => {
    const { id } = invitation.parse((await invite('New@example.com')).body);
    const token = await tokenOf('new@example.com');
    expect((await show(token)).body).toMatchObject({ email: 'new@example.com', role: 'developer', hasAccount: false });

    const answers = await Promise.all([accept({ token, ...newcomer }), accept({ token, ...newcomer })]);

    const accepted = answers.find(({ status }) => status === 201);
    expect(answers.filter((answer) => answer !== accepted).map(({ status }) => [401, 409].includes(status))).toEqual([
      true,
    ]);
    const { user } = registerAnswer.parse(accepted?.body);
    expect(user).toMatchObject({ email: 'new@example.com', role: 'developer', organizationId: owner.orgId });
    const row = await auth.database.user.findUniqueOrThrow({ where: { id: user.id }, include: { memberships: true } });
    expect(row.memberships).toHaveLength(1);
    expect(row.emailVerifiedAt).not.toBeNull();
    const entries = await auth.database.auditEntry.findMany({ where: { subjectId: id }, orderBy: { sequence: 'asc' } });
    expect(entries.map(({ action }) => action)).toEqual(['invitation_created', 'invitation_accepted']);
    expect(JSON.stringify(entries.map(({ details }) => details))).not.toContain('new@');
    expect((await accept({ token, ...newcomer })).body).toMatchObject({ status: 401, code: 'invalid_token' });
  });

  it('make an existing account a member with its own password alone', async () => {
    const ada: Account = await auth.createAccount();
    await invite(ada.email);
    const token = await tokenOf(ada.email);
    expect((await show(token)).body).toMatchObject({ hasAccount: true });

    expect((await accept({ token, ...newcomer })).body).toMatchObject({ status: 401, code: 'invalid_credentials' });
    const answer = await accept({ token, password: ada.password });

    expect(registerAnswer.parse(answer.body).user).toMatchObject({ id: ada.principal.userId });
    expect(await auth.database.membership.count({ where: { userId: ada.principal.userId } })).toBe(2);
    expect((await auth.logIn(ada)).tokenType).toBe('Bearer');
  });

  it('are accepted without a password by a person who has none, and by the people of an enforced domain', async () => {
    const ada = await auth.createAccount();
    await auth.database.user.update({
      where: { email: ada.email },
      data: { passwordHash: null, emailVerifiedAt: new Date(0) },
    });
    await invite(ada.email);
    const token = await tokenOf(ada.email);
    expect((await show(token)).body).toMatchObject({ hasAccount: true, needsPassword: false });
    expect((await accept({ token })).status).toBe(201);

    const operator = (await auth.createAccount('operator')).principal;
    const provider = {
      label: 'A',
      issuer: 'https://id.sso.com',
      clientId: 'x',
      domains: ['sso.com'],
      isEnforced: true,
    };
    const put = { as: operator, body: { ...provider, organizationId: operator.orgId } };
    expect((await auth.call('PUT', '/v1/auth/sso-providers/sso', put)).status).toBe(200);
    await invite('bob@sso.com');
    const answer = await accept({ token: await tokenOf('bob@sso.com'), name: 'Bob' });
    expect(registerAnswer.parse(answer.body).user).toMatchObject({ email: 'bob@sso.com', name: 'Bob' });
    expect(await auth.database.user.findUnique({ where: { email: 'bob@sso.com' } })).toMatchObject({
      passwordHash: null,
    });
  });

  it('are not accepted by a blocked account', async () => {
    const ada = await auth.createAccount();
    await auth.database.user.update({ where: { email: ada.email }, data: { blockedAt: new Date(0) } });
    await invite(ada.email);
    const answer = await accept({ token: await tokenOf(ada.email), password: ada.password });
    expect(answer.body).toMatchObject({ status: 403, code: 'access_blocked' });
  });

  it('leave a stranger who made the account before no way in (I17)', async () => {
    const stranger = await auth.createAccount();
    const { refreshToken } = await auth.logIn(stranger);
    const key = await auth.createKey({ ...stranger.principal, sessionId: crypto.randomUUID() });
    const data = { email: 'eve@sso.com', emailVerifiedAt: null };
    await auth.database.user.update({ where: { email: stranger.email }, data });
    await invite('eve@sso.com');
    expect((await accept({ token: await tokenOf('eve@sso.com') })).status).toBe(201);

    const refreshed = await auth.call('POST', '/v1/auth/refresh', { as: 'api-gateway', body: { refreshToken } });
    expect(refreshed.status).toBe(401);
    expect(await auth.database.apiKey.findUnique({ where: { id: key.id } })).toMatchObject({
      revokedAt: expect.any(Date),
    });
  });

  it('are replaced by a newer one, taken back, or expire', async () => {
    await invite('twice@example.com');
    const first = await tokenOf('twice@example.com');
    auth.mails.length = 0;
    const { id } = invitation.parse((await invite('twice@example.com', { role: 'viewer' })).body);
    const second = await tokenOf('twice@example.com');
    expect((await show(first)).status).toBe(401);
    expect((await show(second)).body).toMatchObject({ role: 'viewer' });
    const list = await auth.call('GET', invitations, { as: owner });
    expect(invitationList.parse(list.body).data.map((row) => row.id)).toEqual([id]);

    expect((await auth.call('DELETE', `${invitations}/${id}`, { as: owner })).status).toBe(204);
    expect((await accept({ token: second, ...newcomer })).status).toBe(401);

    await invite('late@example.com');
    const late = await tokenOf('late@example.com');
    auth.clock.advance(invitationLifetimeMs);
    expect((await accept({ token: late, ...newcomer })).status).toBe(401);
  });

  it('end with the membership of the member who sent them (I17)', async () => {
    const admin = (await auth.createMember(owner, 'admin')).principal;
    await invite('friend@example.com', { role: 'admin' }, admin);
    const token = await tokenOf('friend@example.com');

    await auth.call('DELETE', `/v1/auth/organization/members/${admin.userId}`, { as: owner });

    expect((await accept({ token, ...newcomer })).status).toBe(401);
  });

  it('are sent by owners and admins, and to an owner by owners alone (I17)', async () => {
    const admin = (await auth.createMember(owner, 'admin')).principal;
    const developer = (await auth.createMember(owner, 'developer')).principal;
    expect((await invite('x@example.com', {}, developer)).status).toBe(403);
    expect((await invite('x@example.com', { role: 'owner' }, admin)).status).toBe(403);
    expect((await invite('x@example.com', {}, admin)).status).toBe(201);
  });

  it('put the person into a team of the organisation, and of no other (I17)', async () => {
    const teams = '/v1/auth/organization/teams';
    const { id: teamId } = (await auth.call('POST', teams, { as: owner, body: { name: 'search' } })).body as {
      id: string;
    };
    const stranger = { ...(await auth.createAccount()).principal, sessionId: crypto.randomUUID() };
    expect((await invite('y@example.com', { teamId }, stranger)).status).toBe(404);
    await invite('staff@example.com', { teamId });
    await accept({ token: await tokenOf('staff@example.com'), ...newcomer });
    const members = await auth.call('GET', `${teams}/${teamId}/members`, { as: owner });
    expect(teamMemberList.parse(members.body).data).toMatchObject([{ email: 'staff@example.com', role: 'member' }]);
  });

  it('are bounded for each organisation, and none is sent to a member', async () => {
    const member = await auth.createMember(owner, 'viewer');
    expect((await invite(member.email)).status).toBe(409);
    for (let count = 0; count < 5; count += 1) expect((await invite(`n${count}@example.com`)).status).toBe(201);
    expect((await invite('n6@example.com')).body).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
  });

  it('are not possible where no mail can be sent, and leave nothing behind', async () => {
    const silent = await startAuth({ MAIL_TRANSPORT: 'none' });
    try {
      const as = { ...(await silent.createAccount()).principal, sessionId: crypto.randomUUID() };
      const answer = await silent.call('POST', invitations, { as, body: { email: 'x@example.com', role: 'viewer' } });
      expect(answer.body).toMatchObject({ status: 503, code: 'service_unavailable' });
      expect(await silent.database.invitation.count()).toBe(0);
    } finally {
      await silent.stop();
    }
  });
});

describe('an invitation where SIGN_UP is closed', () => {
  it('makes no new account', async () => {
    const auth = await startAuth({ SIGN_UP: 'closed' });
    try {
      const user = await auth.database.user.findFirst();
      expect(user).toBeNull();
      const at = { createdAt: new Date(auth.clock.now()) };
      const organization = await auth.database.organization.create({
        data: { id: crypto.randomUUID(), name: 'x', ...at },
      });
      const person = { id: crypto.randomUUID(), organizationId: organization.id, name: 'A', role: 'owner' as const };
      await auth.database.user.create({
        data: {
          ...{ ...person, email: 'root@example.com', ...at },
          memberships: { create: { organizationId: organization.id, role: 'owner', ...at } },
        },
      });
      const as = { ...principalFor(organization.id, person.id, ['owner']), sessionId: crypto.randomUUID() };
      await auth.call('POST', invitations, { as, body: { email: 'new@example.com', role: 'viewer' } });
      await waitFor(async () => auth.mails.length === 1, { describe: 'the mail' });
      const token = /#token=(\S+)/.exec(auth.mails[0]?.text ?? '')?.[1];
      const body = { token, name: 'Ada', password: 'a long enough password' };
      const answer = await auth.call('POST', '/v1/auth/invitations/accept', { as: 'api-gateway', body });
      expect(answer.body).toMatchObject({ status: 403, code: 'sign_up_closed' });
    } finally {
      await auth.stop();
    }
  });
});

describe('SIGN_UP', () => {
  const register = (auth: AuthHarness, email: string) => {
    const body = { email, password: 'a long password', name: 'A' };
    return auth.call('POST', '/v1/auth/register', { as: 'api-gateway', body });
  };

  it.each([
    ['open', {}, 201, 201],
    ['invite-only', {}, 403, 403],
    ['closed', {}, 403, 403],
    ['domains', { SIGN_UP_DOMAINS: 'example.com' }, 201, 403],
  ] as const)('%s decides who registers', async (mode, more, ofDomain, ofOther) => {
    const auth = await startAuth({ SIGN_UP: mode, ...more });
    try {
      expect((await register(auth, 'a@example.com')).status).toBe(ofDomain);
      const other = await register(auth, 'a@sub.example.com');
      expect(other.status).toBe(ofOther);
      if (ofOther === 403) expect(other.body).toMatchObject({ code: 'sign_up_closed' });
    } finally {
      await auth.stop();
    }
  });
});
