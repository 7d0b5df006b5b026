import { accessTokenClaims, accessTokenIssuer, jwksPath, tokenAnswer } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { z } from 'zod';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

const jwks = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

describe('POST /v1/auth/login', () => {
  let auth: AuthHarness;
  let account: Account;
  beforeAll(async () => {
    auth = await startAuth({ LOGIN_ATTEMPTS_PER_MINUTE: '5' });
    account = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const logIn = (body: unknown, address = '192.0.2.1') =>
    auth.call('POST', '/v1/auth/login', { as: 'api-gateway', body, address });

  describe('200', () => {
    it('answers an access token of 15 minutes that the published keys verify', async () => {
      const answer = await logIn({ email: account.email, password: account.password });

      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const tokens = tokenAnswer.parse(answer.body);
      expect(tokens).toMatchObject({ expiresIn: 900, tokenType: 'Bearer' });
      const keys = createLocalJWKSet(jwks.parse((await auth.call('GET', jwksPath)).body));
      const { payload, protectedHeader } = await jwtVerify(tokens.accessToken, keys, {
        algorithms: ['EdDSA'],
        issuer: accessTokenIssuer,
        audience: accessTokenIssuer,
        currentDate: new Date(auth.clock.now()),
      });
      expect(protectedHeader).toMatchObject({ alg: 'EdDSA', kid: expect.any(String) });
      expect(accessTokenClaims.parse(payload)).toMatchObject({
        sub: account.principal.userId,
        org: account.principal.orgId,
        scopes: ['ai:invoke', 'keys:manage', 'profile:manage', 'billing:read', 'billing:pay', 'usage:read'],
      });
      expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
    });

    it.each([
      ['developer', ['ai:invoke', 'keys:manage', 'profile:manage', 'usage:read']],
      ['operator', expect.arrayContaining(['billing:manage', 'providers:manage'])],
    ] as const)('gives a %s the scopes of that role', async (role, scopes) => {
      const tokens = await auth.logIn(await auth.createAccount(role));

      const claims = accessTokenClaims.parse(decodeJwt(tokens.accessToken));
      expect(claims.scopes).toEqual(scopes);
    });

    it('takes the e-mail address in any case', async () => {
      const { email, password } = account;
      expect((await logIn({ email: email.toUpperCase(), password })).status).toBe(200);
    });

    it('stores only a hash of the refresh token, and logs neither token', async () => {
      const tokens = await auth.logIn(account);

      const stored = JSON.stringify(await auth.database.refreshToken.findMany());
      expect(stored).not.toContain(tokens.refreshToken);
      expect(auth.readLog()).not.toContain(tokens.refreshToken);
      expect(auth.readLog()).not.toContain(tokens.accessToken);
      expect(auth.readLog()).not.toContain(account.email);
    });

    it('keeps the newest 50 sessions of a user', async () => {
      const { principal, ...credentials } = await auth.createAccount();
      await auth.database.session.createMany({
        data: Array.from({ length: 60 }, (_, index) => ({
          id: crypto.randomUUID(),
          userId: principal.userId,
          createdAt: new Date(auth.clock.now() - 1000 * (index + 1)),
          expiresAt: new Date(auth.clock.now() + 1000),
        })),
      });

      expect((await logIn(credentials)).status).toBe(200);
      expect(await auth.database.session.count({ where: { userId: principal.userId } })).toBe(50);
    });
  });

  describe('400', () => {
    it('refuses unknown fields', async () => {
      const answer = await logIn({ email: account.email, password: account.password, role: 'admin' });
      expect(answer.body).toMatchObject({ status: 400, code: 'unknown_field', param: 'role' });
    });
  });

  describe('401', () => {
    it('answers the same for a wrong password, an unknown account and an injection', async () => {
      const answers = await Promise.all([
        logIn({ email: account.email, password: 'wrong password' }),
        logIn({ email: 'unknown@example.com', password: account.password }),
        logIn({ email: `${account.email}' OR '1'='1`, password: "' OR 1=1 --" }),
        logIn({ email: account.email, password: '' }),
      ]);

      expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
      expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
      expect(answers[0]?.body).toMatchObject({ code: 'invalid_credentials' });
    });

    it('refuses who is not the gateway', async () => {
      const answer = await auth.call('POST', '/v1/auth/login', { as: 'billing', body: account });
      expect(answer.body).toMatchObject({ status: 401, code: 'invalid_peer' });
    });
  });

  describe('429', () => {
    it('stops guesses of one address at one account, but neither another address nor another account', async () => {
      const victim = await auth.createAccount();
      const guess = () => logIn({ email: victim.email, password: 'a guess' }, '203.0.113.5');
      for (let attempt = 0; attempt < 5; attempt += 1) expect((await guess()).status).toBe(401);

      const refused = await guess();
      expect(refused.body).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
      expect(refused.headers.get('retry-after')).toBe('12');

      const { email, password } = victim;
      expect((await logIn({ email, password }, '203.0.113.6')).status).toBe(200);
      expect((await logIn({ email: account.email, password: account.password }, '203.0.113.5')).status).toBe(200);
      expect((await logIn({ email, password }, '203.0.113.5')).status).toBe(429);
      auth.clock.advance(12_000);
      expect((await logIn({ email, password }, '203.0.113.5')).status).toBe(200);
    });

    it('counts an IPv6 client by its network, since it has addresses without number', async () => {
      const guess = (host: number) => logIn({ email: 'x@example.com', password: 'x' }, `2001:db8:aa:1::${host}`);
      for (let host = 1; host <= 5; host += 1) expect((await guess(host)).status).toBe(401);
      expect((await guess(6)).status).toBe(429);
    });

    it('does not count logins that succeed', async () => {
      const { email, password } = await auth.createAccount();
      for (let time = 0; time < 8; time += 1) {
        expect((await logIn({ email, password }, '203.0.113.9')).status).toBe(200);
      }
    });
  });

  describe('503', () => {
    it('rejects a flood of logins at once and verifies keys meanwhile', async () => {
      const flood = Array.from({ length: 60 }, (_, index) =>
        logIn({ email: `flood${index}@example.com`, password: 'x' }, `198.51.100.${index}`),
      );
      const verdict = await auth.call('POST', '/internal/keys/verify', {
        as: 'api-gateway',
        body: { keySha256: '0'.repeat(64) },
      });

      expect(verdict.body).toEqual({ valid: false });
      const answers = await Promise.all(flood);
      const shed = answers.filter(({ status }) => status === 503);
      expect(shed.length).toBeGreaterThan(0);
      expect(shed[0]?.headers.get('retry-after')).toBe('2');
      expect(answers.every(({ status }) => status === 401 || status === 503)).toBe(true);
    });
  });
});
