import { type PutSsoProviderRequest, type TokenAnswer, tokenAnswer } from '@aggregator/contracts';
import { expect } from '@jest/globals';
import { type FakeIdentityProvider, startFakeIdentityProvider } from './fake-identity-provider.ts';
import { type Account, type Answer, type AuthHarness, startAuth } from './start-auth.ts';

/** Claims of a person whose address the provider vouches for. */
export const verified = (local: string) => ({
  ...{ sub: local, email: `${local}@acme.com`, email_verified: true, name: 'Ann' },
});

/** Auth, an identity provider `acme` of the owner's organisation, and a browser for both. */
export interface SsoHarness {
  readonly auth: AuthHarness;
  readonly idp: FakeIdentityProvider;
  readonly operator: Account;
  readonly owner: Account;
  /** Declares the provider again, with changes. */
  put(changes: Partial<PutSsoProviderRequest>, name?: string): Promise<Answer>;
  get(path: string, cookie?: string): Promise<Response>;
  /** From the start to the address at which the identity provider sends the browser back. */
  begin(query?: string): Promise<{ cookie: string; back: URL; start: Response }>;
  come(back: URL, cookie: string): Promise<Response>;
  /** From the start to the page; `fragment` is what it gets. */
  finish(query?: string): Promise<{ cookie: string; fragment: URLSearchParams; page: URL }>;
  exchange(code: string | null, cookie: string): Promise<Answer>;
  logIn(): Promise<TokenAnswer>;
  /** Before each case: the provider and its next answer are as at the start. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

export async function startSso(): Promise<SsoHarness> {
  const idp = await startFakeIdentityProvider();
  const auth = await startAuth({
    ...{ SSO_ISSUER_ALLOWLIST: '127.0.0.1', LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '10000' },
    PUBLIC_URL: 'https://ai.example.com',
  });
  const operator = await auth.createAccount('operator');
  const owner = await auth.createAccount();

  function put(changes: Partial<PutSsoProviderRequest>, name = 'acme') {
    const body = {
      ...{ label: 'Acme', issuer: idp.issuer, clientId: 'us', clientSecret: 'a secret', domains: ['acme.com'] },
      ...{ organizationId: owner.principal.orgId, createsUsers: true, ...changes },
    };
    return auth.call('PUT', `/v1/auth/sso-providers/${name}`, { as: operator.principal, body });
  }

  const get = async (path: string, cookie?: string) =>
    await fetch(new URL(path, auth.service.url), {
      redirect: 'manual',
      headers: { ...(await auth.identify('api-gateway')), ...(cookie !== undefined && { cookie }) },
    });

  async function begin(query = '') {
    const start = await get(`/v1/auth/sso/acme/start${query}`);
    expect(start.status).toBe(302);
    const cookie = start.headers.get('set-cookie')?.split(';')[0] ?? '';
    const atProvider = await fetch(start.headers.get('location') ?? '', { redirect: 'manual' });
    const back = new URL(atProvider.headers.get('location') ?? '');
    return { cookie, back, start };
  }

  const come = async (back: URL, cookie: string) => await get(`${back.pathname}${back.search}`, cookie);

  async function finish(query = ''): Promise<{ cookie: string; fragment: URLSearchParams; page: URL }> {
    const { cookie, back } = await begin(query);
    const page = new URL((await come(back, cookie)).headers.get('location') ?? '');
    return { cookie, fragment: new URLSearchParams(page.hash.slice(1)), page };
  }

  const exchange = (code: string | null, cookie: string) =>
    auth.call('POST', '/v1/auth/sso/token', { as: 'api-gateway', body: { code }, headers: { cookie } });

  async function logIn() {
    const { cookie, fragment } = await finish();
    expect(fragment.get('sso_error')).toBeNull();
    return tokenAnswer.parse((await exchange(fragment.get('sso_code'), cookie)).body);
  }

  return {
    ...{ auth, idp, operator, owner, put, get, begin, come, finish, exchange, logIn },
    async reset() {
      await auth.database.ssoProvider.deleteMany();
      Object.assign(idp.next, { claims: verified('ann'), signedBy: 'key', userInfo: null });
      expect((await put({})).status).toBe(200);
    },
    async stop() {
      await auth.stop();
      await idp.stop();
    },
  };
}
