import { createdScimToken, type Principal } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuthHarness, startAuth } from '../testing/start-auth.ts';

const password = 'a long enough password';
const withSession = (principal: Principal) => ({ ...principal, sessionId: crypto.randomUUID() });

describe('an invitation of before (I3)', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth({ LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000', INVITATIONS_PER_DAY: '50' });
  });
  afterAll(() => auth.stop());

  /** Invites an address, and returns the token of the mail. */
  async function invite(as: Principal, email: string, role: string): Promise<string> {
    const mails = () => auth.mails.filter(({ to, text }) => to === email && /invit/i.test(text ?? ''));
    const before = mails().length;
    const made = await auth.call('POST', '/v1/auth/organization/invitations', { as, body: { email, role } });
    expect(made.status).toBe(201);
    await waitFor(async () => mails().length > before, { describe: `the mail to ${email}` });
    return /#token=(\S+)/.exec(mails().at(-1)?.text ?? '')?.[1] ?? '';
  }
  const accept = (token: string) =>
    auth.call('POST', '/v1/auth/invitations/accept', { as: 'api-gateway', body: { token, name: 'New', password } });

  it.each(['demoted', 'blocked', 'removed', 'transferred'])(
    'to be owner is void if the owner that made it is %s meanwhile',
    async (what) => {
      const owner = withSession((await auth.createAccount()).principal);
      const other = withSession((await auth.createMember(owner, 'owner')).principal);
      const token = await invite(other, `by-${what}@example.net`, 'owner');
      const member = `/v1/auth/organization/members/${other.userId}`;
      const operator = withSession((await auth.createAccount('operator')).principal);
      const steps: Record<string, () => Promise<{ status: number }>> = {
        demoted: () => auth.call('PATCH', member, { as: owner, body: { role: 'viewer' } }),
        removed: () => auth.call('DELETE', member, { as: owner }),
        blocked: () => auth.call('PUT', `/v1/auth/blocks/users/${other.userId}`, { as: operator, body: {} }),
        transferred: () =>
          auth.call('POST', '/v1/auth/organization/transfer', { as: other, body: { userId: owner.userId } }),
      };
      expect((await steps[what]?.())?.status).toBeLessThan(300);
      expect(await accept(token)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    },
  );

  it('works while its maker may invite', async () => {
    const owner = withSession((await auth.createAccount()).principal);
    expect((await accept(await invite(owner, 'welcome@example.net', 'viewer'))).status).toBe(201);
  });

  it('brings no member back that was removed, or that SCIM has deactivated', async () => {
    const owner = withSession((await auth.createAccount()).principal);
    const operator = withSession((await auth.createAccount('operator')).principal);
    const provider = { label: 'Acme', issuer: 'https://id.acme.com', clientId: 'x', domains: ['acme.com'] };
    const body = { ...provider, organizationId: owner.orgId };
    await auth.call('PUT', '/v1/auth/sso-providers/acme', { as: operator, body });
    const made = await auth.call('POST', '/v1/auth/organization/scim-tokens', { as: owner, body: { name: 'idp' } });
    const authorization = `Bearer ${createdScimToken.parse(made.body).token}`;
    const scim = async (method: string, path: string, sent: object) => {
      const answer = await auth.call(method, `/scim/v2${path}`, {
        ...{ as: 'api-gateway', body: sent, headers: { authorization } },
      });
      return answer.body as { id: string };
    };
    const email = 'anna@acme.com';
    const account = { email, password, name: 'Anna' };
    await auth.call('POST', '/v1/auth/register', { as: 'api-gateway', body: account });
    await auth.database.user.update({ where: { email }, data: { emailVerifiedAt: new Date(0) } });
    const early = await invite(owner, email, 'admin');
    const { id } = await scim('POST', '/Users', { userName: email, displayName: 'Anna' });
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
    await scim('PATCH', `/Users/${id}`, { schemas, Operations: [{ op: 'replace', path: 'active', value: false }] });

    expect(await accept(early)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    // A later one neither: whom the identity provider deactivates returns by it alone.
    expect((await accept(await invite(owner, email, 'admin'))).status).toBe(401);
  });
});
