import { accessTokenClaims } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('POST /v1/auth/logout', () => {
  let auth: AuthHarness;
  let account: Account;
  beforeAll(async () => {
    auth = await startAuth();
    account = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const logOut = (as: Account['principal'], body?: unknown) =>
    auth.call('POST', '/v1/auth/logout', { as, ...(body === undefined ? {} : { body }) });
  const refresh = async (refreshToken: string) =>
    (await auth.call('POST', '/v1/auth/refresh', { as: 'api-gateway', body: { refreshToken } })).status;
  const sessionIdOf = (accessToken: string): string => accessTokenClaims.parse(decodeJwt(accessToken)).sid;

  describe('204', () => {
    it('ends the session of the refresh token, and no other', async () => {
      const [mine, other] = [await auth.logIn(account), await auth.logIn(account)];

      expect((await logOut(account.principal, { refreshToken: mine.refreshToken })).status).toBe(204);

      expect(await refresh(mine.refreshToken)).toBe(401);
      expect(await refresh(other.refreshToken)).toBe(200);
    });

    it('ends the session of the access token where no refresh token is named', async () => {
      const [mine, other] = [await auth.logIn(account), await auth.logIn(account)];

      expect((await logOut({ ...account.principal, sessionId: sessionIdOf(mine.accessToken) })).status).toBe(204);

      expect(await refresh(mine.refreshToken)).toBe(401);
      expect(await refresh(other.refreshToken)).toBe(200);
    });

    it('ends every session of the user where none is named', async () => {
      const [first, second] = [await auth.logIn(account), await auth.logIn(account)];

      expect((await logOut(account.principal)).status).toBe(204);

      expect(await refresh(first.refreshToken)).toBe(401);
      expect(await refresh(second.refreshToken)).toBe(401);
    });

    it('changes nothing for a token of another user (I17)', async () => {
      const stranger = await auth.createAccount();
      const { refreshToken } = await auth.logIn(stranger);

      expect((await logOut(account.principal, { refreshToken })).status).toBe(204);

      expect(await refresh(refreshToken)).toBe(200);
    });

    it('leaves an audit entry (I21)', async () => {
      const leaver = await auth.createAccount();
      const { accessToken } = await auth.logIn(leaver);
      await logOut(leaver.principal);

      const entry = await auth.database.auditEntry.findFirst({
        where: { action: 'session_ended', actorUserId: leaver.principal.userId },
      });
      expect(entry?.subjectId).toBe(sessionIdOf(accessToken));
    });
  });

  it('answers 400 for unknown fields', async () => {
    expect((await logOut(account.principal, { everyone: true })).body).toMatchObject({
      status: 400,
      code: 'unknown_field',
    });
  });

  it('answers 401 without a principal', async () => {
    expect((await auth.call('POST', '/v1/auth/logout', { as: 'api-gateway' })).status).toBe(401);
  });

  it('answers 403 to an API key, which has no session', async () => {
    const answer = await logOut({ ...account.principal, keyId: crypto.randomUUID() });
    expect(answer.body).toMatchObject({ status: 403, code: 'insufficient_permissions' });
  });
});
