import { waitFor } from '@aggregator/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { createMailQueue } from '../mail/mail-queue.ts';
import { sweepMails } from '../sessions/sweep-sessions.ts';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';

describe('links in mails to a user', () => {
  let auth: AuthHarness;
  afterEach(() => auth.stop());

  const post = (path: string, body: unknown) => auth.call('POST', path, { as: 'api-gateway', body });
  const register = (email: string) =>
    post('/v1/auth/register', { email, password: 'a long password', name: 'A', language: 'ru' });
  const logIn = (email: string, password = 'a long password') => post('/v1/auth/login', { email, password });
  const nextToken = async (email: string) => {
    const find = () => auth.mails.findLast(({ to }) => to === email);
    await waitFor(async () => find() !== undefined, { describe: `mail to ${email}`, timeoutMs: 10_000 });
    const token = /#token=(\S+)/.exec(find()?.text ?? '')?.[1] ?? '';
    auth.mails.length = 0;
    return token;
  };
  const requestReset = async ({ email }: Account) => {
    expect((await post('/v1/auth/password/request', { email })).status).toBe(202);
    return await nextToken(email);
  };

  it.each([{ EMAIL_VERIFICATION: 'required' }, { SIGN_UP: 'domains', SIGN_UP_DOMAINS: 'example.com' }] as Record<
    string,
    string
  >[])('verify an address before the first login with %o', async (environment) => {
    auth = await startAuth(environment);
    await register('ada@example.com');
    expect((await logIn('ada@example.com')).body).toMatchObject({ status: 403, code: 'email_not_verified' });
    const first = auth.mails[0] ?? { subject: '' };
    const token = await nextToken('ada@example.com');
    expect(`${first.subject}`).not.toMatch(/Confirm/);
    await post('/v1/auth/email/request', { email: 'ada@example.com' });
    const second = await nextToken('ada@example.com');

    expect((await post('/v1/auth/email/verify', { token })).body).toMatchObject({
      status: 401,
      code: 'invalid_token',
    });
    expect((await post('/v1/auth/email/verify', { token: second })).status).toBe(204);
    expect((await post('/v1/auth/email/verify', { token: second })).status).toBe(401);

    expect((await logIn('ada@example.com')).status).toBe(200);
    expect(await auth.database.auditEntry.count({ where: { action: 'email_verified' } })).toBe(1);
  });

  it('let the operator log in without a verification, and a caller with a wrong password learn nothing', async () => {
    auth = await startAuth({ EMAIL_VERIFICATION: 'required' });
    await register('root@example.com');
    expect((await logIn('root@example.com', 'not the password')).body).toMatchObject({ code: 'invalid_credentials' });
    await auth.database.user.updateMany({ data: { isOperator: true } });
    expect((await logIn('root@example.com')).status).toBe(200);
  });

  it('set a new password once, and end every session within that request (I3, I21)', async () => {
    auth = await startAuth();
    const ada = await auth.createAccount();
    const { accessToken } = await auth.logIn(ada);
    const token = await requestReset(ada);
    auth.published.length = 0;
    const reset = () => post('/v1/auth/password/reset', { token, newPassword: 'a password that is new' });

    const answers = await Promise.all([reset(), reset()]);

    expect(answers.map(({ status }) => status).sort()).toEqual([204, 401]);
    expect((await logIn(ada.email, ada.password)).status).toBe(401);
    expect((await logIn(ada.email, 'a password that is new')).status).toBe(200);
    const path = `/internal/sessions/${decodeJwt(accessToken).sid}`;
    expect((await auth.call('GET', path, { as: 'api-gateway' })).body).toEqual({ valid: false });
    expect(auth.published).toMatchObject([{ userIds: [ada.principal.userId] }]);
    const entry = await auth.database.auditEntry.findFirst({ where: { action: 'password_changed' } });
    expect(entry).toMatchObject({ subjectId: ada.principal.userId, details: { by: 'mail', sessionsEnded: 1 } });
    expect(auth.readLog()).not.toMatch(/agt_|that is new/);
  });

  it('change the address when the link at the new one is used, and inform the old one (I21)', async () => {
    auth = await startAuth();
    const ada = await auth.createAccount();
    const as = { ...ada.principal, sessionId: crypto.randomUUID() };
    const ask = (body: object) => auth.call('POST', '/v1/users/email', { as, body });
    expect((await ask({ password: 'wrong', newEmail: 'new@example.com' })).status).toBe(401);
    const { password } = ada;
    const taken = await auth.createAccount();
    expect((await ask({ password, newEmail: taken.email })).status).toBe(202);
    const reset = await requestReset(ada);
    expect((await ask({ password, newEmail: 'New@example.com' })).status).toBe(202);
    const token = await nextToken('new@example.com');
    expect((await logIn('new@example.com', password)).status).toBe(401);

    expect((await post('/v1/auth/email/verify', { token })).status).toBe(204);
    expect((await post('/v1/auth/email/verify', { token })).status).toBe(401);
    expect((await logIn('new@example.com', password)).status).toBe(200);
    expect((await logIn(ada.email, password)).status).toBe(401);
    await waitFor(async () => auth.mails.some(({ to }) => to === ada.email), { describe: 'the note' });
    expect(auth.mails.map(({ to }) => to)).not.toContain(taken.email);
    const newPassword = 'a password that is new';
    expect((await post('/v1/auth/password/reset', { token: reset, newPassword })).status).toBe(401);
    const entry = await auth.database.auditEntry.findFirst({ where: { action: 'email_changed' } });
    expect(entry).toMatchObject({ subjectId: as.userId, details: {} });
    expect(JSON.stringify(await auth.database.auditEntry.findMany({ select: { details: true } }))).not.toContain(
      'new@',
    );
  });

  it.each(['reset', 'changed'])('change no address after the password was %s', async (how) => {
    auth = await startAuth();
    const ada = await auth.createAccount();
    const as = { ...ada.principal, sessionId: crypto.randomUUID() };
    await auth.call('POST', '/v1/users/email', { as, body: { password: ada.password, newEmail: 'thief@example.com' } });
    const token = await nextToken('thief@example.com');
    const newPassword = 'a password that is new';
    const body = { currentPassword: ada.password, newPassword };
    const done =
      how === 'changed'
        ? await auth.call('POST', '/v1/users/password', { as, body })
        : await post('/v1/auth/password/reset', { token: await requestReset(ada), newPassword });
    expect(done.status).toBeLessThan(300);
    expect((await post('/v1/auth/email/verify', { token })).status).toBe(401);
    expect((await logIn(ada.email, newPassword)).status).toBe(200);
  });

  it('change no address to one that got an account meanwhile, and none by an API key', async () => {
    auth = await startAuth();
    const ada = await auth.createAccount();
    const as = { ...ada.principal, sessionId: crypto.randomUUID() };
    const body = { password: ada.password, newEmail: 'late@example.com' };
    await auth.call('POST', '/v1/users/email', { as, body });
    const token = await nextToken('late@example.com');
    await register('late@example.com');
    expect((await post('/v1/auth/email/verify', { token })).body).toMatchObject({ status: 409, code: 'email_taken' });
    const byKey = { ...ada.principal, keyId: (await auth.createKey(as)).id };
    expect((await auth.call('POST', '/v1/users/email', { as: byKey, body })).status).toBe(403);
  });

  it('expire, and are for one purpose alone', async () => {
    auth = await startAuth();
    const ada = await auth.createAccount();
    const token = await requestReset(ada);
    expect((await post('/v1/auth/email/verify', { token })).status).toBe(401);
    auth.clock.advance(3_600_000);
    expect((await post('/v1/auth/password/reset', { token, newPassword: 'a password that is new' })).status).toBe(401);
    expect((await logIn(ada.email, ada.password)).status).toBe(200);
  });

  it('are answered alike for an address without an account, and are few for one with (I17)', async () => {
    auth = await startAuth();
    const ada = await auth.createAccount();
    const answers = [];
    for (const email of ['unknown@example.com', ...Array.from({ length: 8 }, () => ada.email)]) {
      answers.push(await post('/v1/auth/password/request', { email }));
    }
    expect(new Set(answers.map(({ status, text }) => `${status}${text}`))).toEqual(new Set(['202']));
    await waitFor(async () => auth.mails.length === 5, { describe: 'five mails', timeoutMs: 10_000 });
    expect(auth.mails.every(({ to }) => to === ada.email)).toBe(true);
    expect(await auth.database.emailToken.count()).toBe(5);
  });

  it('are refused alike for every address where no mail can be sent', async () => {
    auth = await startAuth({ MAIL_TRANSPORT: 'none' });
    const ada = await auth.createAccount();
    for (const email of [ada.email, 'unknown@example.com']) {
      expect((await post('/v1/auth/password/request', { email })).status).toBe(503);
    }
  });

  it('are deleted a month after they expired, and sent mails after a week', async () => {
    auth = await startAuth();
    await requestReset(await auth.createAccount());
    await waitFor(async () => (await auth.database.workJob.count({ where: { state: 'done' } })) === 1, {
      describe: 'sent',
    });
    const mails = createMailQueue(auth.database, { peppers: ['p'.repeat(43)], isSending: true });
    const at = (days: number) => new Date(auth.clock.now() + days * 86_400_000);
    expect(await sweepMails(auth.database, mails, at(6))).toBe(0);
    expect(await sweepMails(auth.database, mails, at(8))).toBe(1);
    expect(await sweepMails(auth.database, mails, at(31))).toBe(1);
  });
});
