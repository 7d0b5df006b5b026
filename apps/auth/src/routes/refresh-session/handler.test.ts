import { accessTokenClaims, type TokenAnswer, tokenAnswer } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('POST /v1/auth/refresh', () => {
  let auth: AuthHarness;
  let account: Account;
  beforeAll(async () => {
    auth = await startAuth();
    account = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const refresh = (refreshToken: string) =>
    auth.call('POST', '/v1/auth/refresh', { as: 'api-gateway', body: { refreshToken } });
  const rotate = async (refreshToken: string): Promise<TokenAnswer> =>
    tokenAnswer.parse((await refresh(refreshToken)).body);

  describe('200', () => {
    it('answers a new pair, and the next token refreshes again', async () => {
      const first = await auth.logIn(account);
      const second = await rotate(first.refreshToken);
      const third = await rotate(second.refreshToken);

      expect(new Set([first.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3);
      expect(third).toMatchObject({ expiresIn: 900, tokenType: 'Bearer' });
    });

    it('gives 20 parallel refreshes of one token the same child (I16)', async () => {
      const { refreshToken } = await auth.logIn(account);

      const answers = await Promise.all(Array.from({ length: 20 }, () => rotate(refreshToken)));

      const children = new Set(answers.map((answer) => answer.refreshToken));
      expect(children.size).toBe(1);
      expect((await refresh([...children][0] ?? '')).status).toBe(200);
    });

    it('answers a retry within 10 seconds with the same child, so that a lost answer costs nothing (I16)', async () => {
      const { refreshToken } = await auth.logIn(account);
      const child = await rotate(refreshToken);

      auth.clock.advance(10_000);

      expect((await rotate(refreshToken)).refreshToken).toBe(child.refreshToken);
    });

    it('keeps no token that the database alone could give away (I5)', async () => {
      const { refreshToken } = await auth.logIn(account);
      const child = await rotate(refreshToken);

      const rows = await auth.database.refreshToken.findMany();
      const bytes = rows.flatMap((row) => [row.tokenHash, row.childSealed ?? new Uint8Array()]);
      const dump = Buffer.concat(bytes).toString('latin1');
      expect(dump).not.toContain(refreshToken);
      expect(dump).not.toContain(child.refreshToken);
    });

    it('follows a changed role', async () => {
      const demoted = await auth.createAccount('operator');
      const { refreshToken } = await auth.logIn(demoted);
      await auth.database.user.update({ where: { email: demoted.email }, data: { isOperator: false } });

      const { accessToken } = await rotate(refreshToken);

      expect(accessTokenClaims.parse(decodeJwt(accessToken)).scopes).not.toContain('providers:manage');
    });
  });

  describe('400', () => {
    it('refuses unknown fields', async () => {
      const answer = await auth.call('POST', '/v1/auth/refresh', {
        as: 'api-gateway',
        body: { refreshToken: 'agr_x', scopes: ['*'] },
      });
      expect(answer.body).toMatchObject({ status: 400, code: 'unknown_field', param: 'scopes' });
    });
  });

  describe('401', () => {
    it('ends the session when a token comes again after its child was used (I16)', async () => {
      const { refreshToken } = await auth.logIn(account);
      const child = await rotate(refreshToken);
      const grandchild = await rotate(child.refreshToken);

      expect((await refresh(refreshToken)).body).toMatchObject({ status: 401, code: 'token_reused' });

      expect((await refresh(grandchild.refreshToken)).body).toMatchObject({ status: 401, code: 'invalid_token' });
    });

    it('ends the session when a token comes again after 10 seconds (I16)', async () => {
      const { refreshToken } = await auth.logIn(account);
      const child = await rotate(refreshToken);
      auth.clock.advance(10_001);

      expect((await refresh(refreshToken)).body).toMatchObject({ status: 401, code: 'token_reused' });

      expect((await refresh(child.refreshToken)).body).toMatchObject({ status: 401, code: 'invalid_token' });
    });

    it('leaves one audit entry and an alerting log line for a killed session (I16, I21)', async () => {
      const thief = await auth.createAccount();
      const { refreshToken } = await auth.logIn(thief);
      await rotate((await rotate(refreshToken)).refreshToken);

      await Promise.all([refresh(refreshToken), refresh(refreshToken)]);

      const entries = await auth.database.auditEntry.findMany({
        where: { organizationId: thief.principal.orgId, action: 'session_killed' },
      });
      expect(entries).toHaveLength(1);
      expect(auth.readLog()).toContain('refresh_reuse_ended_session');
    });

    it('does not end other sessions of the same user', async () => {
      const stolen = await auth.logIn(account);
      const other = await auth.logIn(account);
      await rotate((await rotate(stolen.refreshToken)).refreshToken);

      await refresh(stolen.refreshToken);

      expect((await refresh(other.refreshToken)).status).toBe(200);
    });

    it('refuses what is no refresh token, and an access token in its place', async () => {
      const { accessToken } = await auth.logIn(account);
      for (const token of ['', 'agr_', 'agr_unknown', accessToken.slice(0, 500), "' OR 1=1 --"]) {
        expect((await refresh(token)).body).toMatchObject({ status: 401, code: 'invalid_token' });
      }
    });

    it('refuses a session that is 30 days old', async () => {
      const { refreshToken } = await auth.logIn(account);
      auth.clock.advance(30 * 24 * 3600 * 1000);
      expect((await refresh(refreshToken)).body).toMatchObject({ status: 401, code: 'invalid_token' });
    });
  });
});
