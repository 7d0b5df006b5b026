import { sessionVerdict, type TokenAnswer } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('GET /internal/sessions/{id}', () => {
  let auth: AuthHarness;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth({ DEFAULT_REQUESTS_PER_MINUTE: '2', ORGANIZATION_TOKENS_PER_MINUTE_MAX: '9000' });
    owner = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const read = (id: string, as?: 'api-gateway' | 'proxy') =>
    auth.call('GET', `/internal/sessions/${id}`, as === undefined ? {} : { as });
  const sessionOf = ({ accessToken }: TokenAnswer) => String(decodeJwt(accessToken).sid);

  it('returns a user with the limits of the installation and of the organisation', async () => {
    const id = sessionOf(await auth.logIn(owner));

    const { body } = await read(id, 'api-gateway');
    expect(sessionVerdict.parse(body)).toMatchObject({
      valid: true,
      principal: {
        orgId: owner.principal.orgId,
        userId: owner.principal.userId,
        keyId: null,
        sessionId: id,
        scopes: owner.principal.scopes,
        limits: { requestsPerMinute: 2, tokensPerMinute: null, concurrentRequests: 200 },
        organizationLimits: { requestsPerMinute: 200, tokensPerMinute: 9000, concurrentRequests: 2000 },
      },
    });
  });

  it('returns what the organisation masks now', async () => {
    const id = sessionOf(await auth.logIn(owner));
    expect((await read(id, 'api-gateway')).text).not.toContain('privacy');

    const privacy = { mode: 'mask', names: ['Иван'] };
    await auth.call('PATCH', '/v1/auth/organization', { as: owner.principal, body: { privacy } });
    expect((await read(id, 'api-gateway')).body).toMatchObject({ principal: { privacy } });
  });

  it('rejects a session after its logout, an unknown one, and a text that is no id (I3)', async () => {
    const tokens = await auth.logIn(owner);
    const id = sessionOf(tokens);
    await auth.call('POST', '/v1/auth/logout', { as: owner.principal, body: { refreshToken: tokens.refreshToken } });

    for (const one of [id, crypto.randomUUID(), 'none']) {
      expect((await read(one, 'api-gateway')).body).toEqual({ valid: false });
    }
  });

  it('rejects a session that has expired', async () => {
    const id = sessionOf(await auth.logIn(owner));
    auth.clock.advance(30 * 24 * 60 * 60 * 1000);
    expect((await read(id, 'api-gateway')).body).toEqual({ valid: false });
  });

  it('answers 401 to every caller but the gateway', async () => {
    expect((await read(crypto.randomUUID())).status).toBe(401);
    expect((await read(crypto.randomUUID(), 'proxy')).status).toBe(401);
  });

  it('answers 500 when the stored policy is none, and never without masking', async () => {
    const { principal, ...account } = await auth.createAccount();
    const id = sessionOf(await auth.logIn(account));
    await auth.database.$executeRaw`
      UPDATE "organization" SET "privacy" = '{"mode":"perhaps"}' WHERE "id" = ${principal.orgId}::uuid`;
    expect((await read(id, 'api-gateway')).status).toBe(500);
  });
});
