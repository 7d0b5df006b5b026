import { sessionList, sessionVerdict } from '@aggregator/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

const newPassword = 'another long password';

describe('the password and the sessions of a user', () => {
  let auth: AuthHarness;
  let account: Account;
  beforeAll(async () => {
    auth = await startAuth({ LOGIN_ATTEMPTS_PER_MINUTE: '3' });
  });
  beforeEach(async () => {
    account = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  /** A login, and the principal that the gateway makes of its token. */
  const open = async () => {
    const { accessToken, refreshToken } = await auth.logIn(account);
    const sessionId = String(decodeJwt(accessToken).sid);
    return { refreshToken, sessionId, principal: { ...account.principal, sessionId } };
  };
  const change = (as: Account['principal'], body: unknown) => auth.call('POST', '/v1/users/password', { as, body });
  const isValid = async (sessionId: string) =>
    sessionVerdict.parse((await auth.call('GET', `/internal/sessions/${sessionId}`, { as: 'api-gateway' })).body).valid;
  const refresh = (refreshToken: string) =>
    auth.call('POST', '/v1/auth/refresh', { as: 'api-gateway', body: { refreshToken } });

  describe('POST /v1/users/password', () => {
    it('makes a leaked password and every other session useless, and audits it (I3, I21)', async () => {
      const [mine, thief] = [await open(), await open()];

      expect((await change(mine.principal, { currentPassword: account.password, newPassword })).status).toBe(204);

      const logIn = (password: string) =>
        auth.call('POST', '/v1/auth/login', { as: 'api-gateway', body: { email: account.email, password } });
      expect((await logIn(account.password)).status).toBe(401);
      expect((await logIn(newPassword)).status).toBe(200);
      expect([await isValid(mine.sessionId), await isValid(thief.sessionId)]).toEqual([true, false]);
      expect((await refresh(thief.refreshToken)).status).toBe(401);
      expect((await refresh(mine.refreshToken)).status).toBe(200);
      expect(auth.published.at(-1)).toMatchObject({ userIds: [account.principal.userId] });
      const where = { action: 'password_changed', subjectId: account.principal.userId };
      expect(await auth.database.auditEntry.findMany({ where })).toEqual([
        expect.objectContaining({ details: { sessionsEnded: 1 } }),
      ]);
      expect(auth.readLog()).not.toContain(newPassword);
    });

    it('answers 401 to a wrong current password, and 429 to the fourth guess', async () => {
      const { principal } = await open();
      const guess = () => change(principal, { currentPassword: 'a wrong password', newPassword });
      const answers = [await guess(), await guess(), await guess(), await guess()];
      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 429]);
      expect(answers[0]?.body).toMatchObject({ code: 'invalid_credentials', param: 'currentPassword' });
    });

    it('changes it once when two requests come at the same moment', async () => {
      const { principal } = await open();
      const body = { currentPassword: account.password, newPassword };
      const answers = await Promise.all([
        change(principal, body),
        change(principal, { ...body, newPassword: `${newPassword}!` }),
      ]);
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    });

    it.each([
      ['newPassword', { newPassword: 'short' }],
      ['newPassword', {}],
      ['role', { newPassword, role: 'admin' }],
    ])('answers 400 for %s', async (param, fields) => {
      const { principal } = await open();
      const body = { currentPassword: account.password, ...fields };
      expect((await change(principal, body)).body).toMatchObject({ status: 400, param });
    });

    it('answers 400 for the password that it is already', async () => {
      const { principal } = await open();
      const body = { currentPassword: account.password, newPassword: account.password };
      expect((await change(principal, body)).body).toMatchObject({ status: 400, param: 'newPassword' });
    });

    it('answers 403 to an API key (I17)', async () => {
      const { id } = await auth.createKey(account.principal);
      const body = { currentPassword: account.password, newPassword };
      expect((await change({ ...account.principal, keyId: id }, body)).status).toBe(403);
    });
  });

  describe('GET, DELETE /v1/users/sessions', () => {
    const list = async (as: Account['principal']) =>
      sessionList.parse((await auth.call('GET', '/v1/users/sessions', { as })).body).data;
    const revoke = (id: string, as: Account['principal']) => auth.call('DELETE', `/v1/users/sessions/${id}`, { as });

    it('shows the sessions of the user, marks the own one, and ends another at once (I3, I21)', async () => {
      const [first, second] = [await open(), await open()];
      const shown = await list(second.principal);
      expect(new Map(shown.map(({ id, isCurrent }) => [id, isCurrent]))).toEqual(
        new Map([
          [first.sessionId, false],
          [second.sessionId, true],
        ]),
      );

      expect((await revoke(first.sessionId, second.principal)).status).toBe(204);

      expect(await isValid(first.sessionId)).toBe(false);
      expect(auth.published.at(-1)).toMatchObject({ userIds: [account.principal.userId] });
      expect((await list(second.principal)).map(({ id }) => id)).toEqual([second.sessionId]);
      expect((await revoke(first.sessionId, second.principal)).status).toBe(204);
      expect(await auth.database.auditEntry.count({ where: { subjectId: first.sessionId } })).toBe(1);
    });

    it('answers 404 for a session of another user, and leaves it alone (I17)', async () => {
      const victim = await open();
      const { principal } = await auth.createAccount();
      const attacker = { ...principal, sessionId: crypto.randomUUID() };
      expect((await revoke(victim.sessionId, attacker)).status).toBe(404);
      expect(await isValid(victim.sessionId)).toBe(true);
      expect(await list(attacker)).toEqual([]);
    });

    it('answers 403 to an API key', async () => {
      const { id } = await auth.createKey(account.principal);
      const as = { ...account.principal, keyId: id };
      expect((await auth.call('GET', '/v1/users/sessions', { as })).status).toBe(403);
      expect((await revoke(id, as)).status).toBe(403);
    });
  });
});
