import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type AuthHarness, startAuth } from '../testing/start-auth.ts';
import { appointOperator } from './appoint-operator.ts';

describe('appointOperator', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth({ SIGN_UP: 'closed', EMAIL_VERIFICATION: 'required' });
  });
  afterAll(() => auth.stop());

  const appoint = (email: string) =>
    appointOperator(auth.databaseUrl, { email, organizationName: 'Operations' }, new Date(auth.clock.now()));
  const reset = (token: string) => {
    const body = { token, newPassword: 'the password of an operator' };
    return auth.call('POST', '/v1/auth/password/reset', { as: 'api-gateway', body });
  };
  const logIn = async (email: string) => {
    const tokens = await auth.logIn({ email, password: 'the password of an operator' });
    return decodeJwt(tokens.accessToken);
  };

  it('makes an operator who sets a password and logs in, where registration is closed (I21)', async () => {
    const { userId, organizationId, token } = await appoint('Ops@example.com');

    expect((await reset(token)).status).toBe(204);
    expect((await reset(token)).status).toBe(401);

    expect(await logIn('ops@example.com')).toMatchObject({
      ...{ sub: userId, org: organizationId },
      scopes: expect.arrayContaining(['tenants:manage', 'providers:manage', 'billing:manage', 'keys:manage']),
    });
    const entries = await auth.database.auditEntry.findMany({ where: { subjectId: userId } });
    expect(entries.map(({ action }) => action)).toEqual(['operator_appointed', 'password_changed']);
  });

  it('makes an operator of an account that exists, and voids an older token', async () => {
    const first = await appoint('again@example.com');
    const second = await appoint('again@example.com');

    expect(second.userId).toBe(first.userId);
    expect((await reset(first.token)).status).toBe(401);
    expect((await reset(second.token)).status).toBe(204);
  });

  it('gives a token that expires after a day', async () => {
    const { token } = await appoint('late@example.com');
    auth.clock.advance(24 * 3_600_000);
    expect((await reset(token)).status).toBe(401);
  });
});
