import { createdScimToken, membershipList, signInMethods, team, tokenAnswer } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Browser } from './browser.ts';
import { type OidcServer, startOidcServer } from './oidc-server.ts';
import { startWorld, type World } from './start-world.ts';
import { Callers, type Tenant } from './tenant-actors.ts';

const people = {
  ann: { email: 'ann@acme.com', name: 'Ann', groups: ['engineers'] },
  bob: { email: 'bob@example.org', name: 'Bob', groups: ['engineers'] },
};

describe('a company that logs in through its OpenID provider', () => {
  let world: World;
  let oidc: OidcServer;
  let callers: Callers;
  let company: Tenant;
  let teamId: string;
  beforeAll(async () => {
    // The provider warns of its defaults, which are right for a test.
    for (const level of ['warn', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => undefined);
    world = await startWorld({ SSO_ISSUER_ALLOWLIST: '127.0.0.1' });
    callers = new Callers(world.baseUrl);
    // PUBLIC_URL is the address of the gateway in this world.
    oidc = await startOidcServer(people, `${world.baseUrl}/v1/auth/sso/acme/callback`);
    const operator = (await callers.logIn(world.adminEmail, world.adminPassword)).accessToken;
    company = await callers.signUp('company');
    const made = await callers.as(company.token).request('POST', '/v1/auth/organization/teams', { name: 'engineers' });
    teamId = team.parse(made.json).id;
    const provider = {
      ...{ label: 'Acme', issuer: oidc.issuer, clientId: 'aggregator', clientSecret: 'a secret of the client' },
      ...{ scopes: ['openid', 'email', 'profile', 'groups'], organizationId: company.organizationId },
      ...{ domains: ['acme.com'], isEnforced: true, createsUsers: true },
      mapping: { rules: [{ value: 'engineers', role: 'developer', teamId }] },
    };
    const put = await callers.as(operator).request('PUT', '/v1/auth/sso-providers/acme', provider);
    expect(put.json).toMatchObject({ redirectUri: `${world.baseUrl}/v1/auth/sso/acme/callback` });
  });
  afterAll(async () => {
    await world.destroy();
    await oidc.stop();
    jest.restoreAllMocks();
  });

  /** From the button to the page that the login ends at. */
  async function logIn(name: string): Promise<{ browser: Browser; end: URLSearchParams }> {
    const browser = new Browser();
    const { json } = await callers.as(null).request('GET', '/v1/auth/methods');
    const [method] = signInMethods.parse(json).providers;
    const login = await browser.open(`${world.baseUrl}${method?.startUrl}?return_to=/`);
    expect(login.html).toContain('name="login"');
    const consent = await browser.open(login.url.href, { prompt: 'login', login: name, password: 'x' });
    const page = await browser.open(consent.url.href, { prompt: 'consent' });
    expect(page.url.origin + page.url.pathname).toBe(`${world.baseUrl}/`);
    return { browser, end: new URLSearchParams(page.url.hash.slice(1)) };
  }

  it('becomes members of the right team at the first login', async () => {
    const { browser, end } = await logIn('ann');
    const { status, json } = await browser.post(`${world.baseUrl}/v1/auth/sso/token`, { code: end.get('sso_code') });
    expect(status).toBe(200);
    const ann = callers.as(tokenAnswer.parse(json).accessToken);

    expect(membershipList.parse((await ann.request('GET', '/v1/auth/memberships')).json).data).toMatchObject([
      { organizationId: company.organizationId, role: 'developer' },
    ]);
    const { json: teams } = await ann.request('GET', '/v1/auth/organization/teams');
    expect(teams).toMatchObject({ data: [{ id: teamId }] });
    expect((await ann.request('GET', '/v1/models')).status).toBe(200);
  });

  it('cannot use a password', async () => {
    const body = { email: 'ann@acme.com', password: 'any password' };

    expect(await callers.as(null).request('POST', '/v1/auth/login', body)).toMatchObject({
      status: 403,
      json: { code: 'sso_required' },
    });
  });

  it('cannot log in with an address of another domain', async () => {
    expect((await logIn('bob')).end.get('sso_error')).toBe('sso_not_allowed');
  });

  it('gives no tokens to another browser that has the code', async () => {
    const { end } = await logIn('ann');
    const code = { code: end.get('sso_code') };

    expect((await new Browser().post(`${world.baseUrl}/v1/auth/sso/token`, code)).status).toBe(401);
  });

  it('lose sessions, keys and the login when their identity provider deactivates them by SCIM (I3)', async () => {
    const { browser, end } = await logIn('ann');
    const tokens = await browser.post(`${world.baseUrl}/v1/auth/sso/token`, { code: end.get('sso_code') });
    const { accessToken } = tokenAnswer.parse(tokens.json);
    const { key } = await callers.createKey(accessToken);
    const made = await callers.as(company.token).request('POST', '/v1/auth/organization/scim-tokens', { name: 'idp' });
    const scim = callers.as(createdScimToken.parse(made.json).token);
    const status = async (credential: string) => (await callers.as(credential).request('GET', '/v1/models')).status;
    expect([await status(accessToken), await status(key)]).toEqual([200, 200]);
    const found = await scim.request('GET', '/scim/v2/Users?filter=userName%20eq%20%22ann@acme.com%22');
    const { Resources } = found.json as { Resources: { id: string }[] };
    const patch = { Operations: [{ op: 'Replace', path: 'active', value: 'False' }] };
    expect((await scim.request('PATCH', `/scim/v2/Users/${Resources[0]?.id}`, patch)).status).toBe(200);

    await waitFor(async () => (await status(accessToken)) === 401 && (await status(key)) === 401, {
      describe: 'the rejection of the leaver',
    });
    expect((await logIn('ann')).end.get('sso_error')).toBe('sso_not_allowed');
  });

  it('get errors of SCIM in its form', async () => {
    const { status, json } = await callers.as('ags_unknown').request('GET', '/scim/v2/Users');
    expect({ status, json }).toMatchObject({ status: 401, json: { status: '401', schemas: [expect.any(String)] } });
    const long = { userName: 'x'.repeat(300_000) };
    expect((await callers.as('ags_unknown').request('POST', '/scim/v2/Users', long)).json).toMatchObject({
      status: '413',
    });
  });
});
