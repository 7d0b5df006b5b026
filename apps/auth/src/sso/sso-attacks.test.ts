import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type SsoHarness, startSso, verified } from '../testing/start-sso.ts';

describe('single sign-on', () => {
  let sso: SsoHarness;
  beforeAll(async () => {
    sso = await startSso();
  });
  beforeEach(() => sso.reset());
  afterAll(() => sso.stop());

  const findUser = (email: string) => sso.auth.database.user.findUnique({ where: { email } });

  describe('an attack', () => {
    it.each([
      ['an unsigned ID token', { signedBy: 'none' as const }, {}],
      ['an ID token of another key', { signedBy: 'foreign' as const }, {}],
      ['an ID token of another issuer', {}, { iss: 'https://evil.example.com' }],
      ['an ID token for another client', {}, { aud: 'other-client' }],
      ['an ID token of another login', {}, { nonce: 'x' }],
      ['an ID token that has expired', {}, { exp: 1 }],
    ])('with %s is rejected', async (_what, changes, claims) => {
      Object.assign(sso.idp.next, { ...changes, claims: { ...verified('victim'), ...claims } });
      const { fragment } = await sso.finish();

      expect(fragment.get('sso_error')).toBe('sso_failed');
      expect(await findUser('victim@acme.com')).toBeNull();
    });

    it('with another state is rejected before the code is used', async () => {
      const { back, cookie } = await sso.begin();
      const before = sso.idp.tokenRequests.length;
      back.searchParams.set('state', 'x');

      expect((await sso.come(back, cookie)).headers.get('location')).toMatch(/#sso_error=sso_failed$/);
      expect(sso.idp.tokenRequests).toHaveLength(before);
    });

    it('with the answer to a login of another browser is rejected', async () => {
      const [own, foreign] = [await sso.begin(), await sso.begin()];

      expect((await sso.come(foreign.back, own.cookie)).headers.get('location')).toMatch(/#sso_error=sso_failed$/);
      expect((await sso.get(`${own.back.pathname}${own.back.search}`)).status).toBe(401);
    });

    it('with an answer that was used is rejected, also at the same instant', async () => {
      const { back, cookie } = await sso.begin();
      const pages = await Promise.all([sso.come(back, cookie), sso.come(back, cookie)]);
      const again = await sso.come(back, cookie);
      const ends = [...pages, again].map((page) => page.headers.get('location')?.includes('#sso_code='));

      expect(ends.filter(Boolean)).toHaveLength(1);
      expect(ends[2]).toBe(false);
    });

    it('with an answer to a login of another provider is rejected', async () => {
      await sso.put({}, 'other');
      const { back, cookie } = await sso.begin();

      expect((await sso.get(`/v1/auth/sso/other/callback${back.search}`, cookie)).headers.get('location')).toMatch(
        /sso_failed$/,
      );
    });

    it('with a code that was used, has expired, or is of another browser is rejected', async () => {
      const { cookie, fragment } = await sso.finish();
      const code = fragment.get('sso_code');
      expect((await sso.exchange(code, 'aggregator_sso=x')).status).toBe(401);
      expect((await sso.exchange(code, cookie)).status).toBe(200);
      expect((await sso.exchange(code, cookie)).body).toMatchObject({ code: 'sso_failed' });
      const late = await sso.finish();
      sso.auth.clock.advance(61_000);
      expect((await sso.exchange(late.fragment.get('sso_code'), late.cookie)).status).toBe(401);
    });

    it('with a login that took too long is rejected', async () => {
      const { back, cookie } = await sso.begin();
      sso.auth.clock.advance(10 * 60_000);

      expect((await sso.come(back, cookie)).status).toBe(401);
    });

    it.each([
      'https://evil.example.com',
      '//evil.example.com',
      '/\\evil.example.com',
      'x',
      '/x#y',
      '/\tx',
      '/\r\nx: y',
    ])('with the return address %j is rejected', async (returnTo) => {
      const { status } = await sso.get(`/v1/auth/sso/acme/start?return_to=${encodeURIComponent(returnTo)}`);

      expect(status).toBe(400);
    });

    it('returns to the page that began it', async () => {
      const { page } = await sso.finish('?return_to=%2Fconsole%3Ftab%3Dkeys');

      expect(page.href).toMatch(/^https:\/\/ai\.example\.com\/console\?tab=keys#sso_code=/);
    });

    it.each([
      ['the ID token', { email: 'victim@acme.com' }, { email: 'own@acme.com', email_verified: true }],
      ['UserInfo', { email_verified: true }, { email: 'victim@acme.com' }],
    ])('with an address of %s that only the other one calls verified is rejected', async (_what, claims, further) => {
      sso.idp.next.claims = { sub: 'mixed', ...claims };
      sso.idp.next.userInfo = { sub: 'mixed', ...further };
      const { fragment } = await sso.finish();

      expect(fragment.get('sso_error')).toBe('sso_not_allowed');
      expect(await findUser('victim@acme.com')).toBeNull();
    });

    it('with an issuer inside the network is rejected when it is saved', async () => {
      expect((await sso.put({ issuer: 'http://169.254.169.254' })).body).toMatchObject({ param: 'issuer' });
    });
  });
});
