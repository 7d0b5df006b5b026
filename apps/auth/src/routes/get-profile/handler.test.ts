import { user } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('GET /v1/users/profile', () => {
  let auth: AuthHarness;
  let account: Account;
  beforeAll(async () => {
    auth = await startAuth();
    account = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const getProfile = (as?: Account['principal']) =>
    auth.call('GET', '/v1/users/profile', as === undefined ? {} : { as });

  it('answers 200 with the profile, and nothing of the password', async () => {
    const answer = await getProfile(account.principal);

    expect(answer.status).toBe(200);
    expect(user.parse(answer.body)).toMatchObject({
      id: account.principal.userId,
      email: account.email,
      role: 'owner',
    });
  });

  it('answers 401 without a principal, and to a forged one', async () => {
    expect((await getProfile()).body).toMatchObject({ status: 401, code: 'invalid_peer' });
    const headers = {
      'x-aggregator-principal': JSON.stringify(account.principal),
      'x-org-id': account.principal.orgId,
    };
    expect((await auth.call('GET', '/v1/users/profile', { headers })).status).toBe(401);
  });

  it('answers 403 to a key without the scope', async () => {
    const answer = await getProfile({ ...account.principal, scopes: ['ai:invoke'] });
    expect(answer.body).toMatchObject({ status: 403, code: 'insufficient_permissions' });
  });

  it('answers 404 where the user is not of that organisation (I17)', async () => {
    const { orgId } = (await auth.createAccount()).principal;
    expect((await getProfile({ ...account.principal, orgId })).status).toBe(404);
  });
});
