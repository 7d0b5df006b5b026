import { createdScimToken, team } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { type OidcServer, startOidcServer } from '../world/oidc-server.ts';
import { startWorld, type World } from '../world/start-world.ts';
import { Callers, type Tenant } from '../world/tenant-actors.ts';
import { findAxeFaults, openBrowser, openTab, takePicture } from './open-browser.ts';

const people = {
  ann: { email: 'ann@acme.com', name: 'Ann Smith', groups: ['engineers'] },
  bob: { email: 'bob@example.org', name: 'Bob', groups: ['engineers'] },
};

describe('people of a company, who sign in through their identity provider, in a browser', () => {
  let world: World;
  let browser: Browser;
  let oidc: OidcServer;
  let callers: Callers;
  let company: Tenant;
  beforeAll(async () => {
    // The provider warns of its defaults, which are right for a test.
    for (const level of ['warn', 'info'] as const) jest.spyOn(console, level).mockImplementation(() => undefined);
    [world, browser] = await Promise.all([startWorld({ SSO_ISSUER_ALLOWLIST: '127.0.0.1' }), openBrowser()]);
    callers = new Callers(world.baseUrl);
    oidc = await startOidcServer(people, `${world.baseUrl}/v1/auth/sso/acme/callback`);
    const operator = (await callers.logIn(world.adminEmail, world.adminPassword)).accessToken;
    company = await callers.signUp('company');
    const made = await callers.as(company.token).request('POST', '/v1/auth/organization/teams', { name: 'Engineers' });
    const provider = {
      ...{ label: 'Acme', issuer: oidc.issuer, clientId: 'aggregator', clientSecret: 'a secret of the client' },
      ...{ scopes: ['openid', 'email', 'profile', 'groups'], organizationId: company.organizationId },
      ...{ domains: ['acme.com'], isEnforced: true, createsUsers: true },
      mapping: { rules: [{ value: 'engineers', role: 'admin', teamId: team.parse(made.json).id }] },
    };
    expect((await callers.as(operator).request('PUT', '/v1/auth/sso-providers/acme', provider)).status).toBe(200);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.destroy();
    await oidc?.stop();
    jest.restoreAllMocks();
  });

  /** From the button of the dashboard over the provider's two forms back to the dashboard. */
  async function signIn(page: Page, login: string): Promise<void> {
    // The forms of the provider ask for fonts of the internet.
    await page.route(/^https:/, (route) => route.abort());
    await page.goto('/sign-in');
    await page.getByRole('link', { name: 'Sign in with Acme' }).click();
    await page.locator('input[name=login]').fill(login);
    await page.locator('input[name=password]').fill('x');
    await page.locator('button[type=submit]').click();
    await page.waitForURL(`${oidc.issuer}/interaction/**`);
    await page.locator('button[type=submit]').click();
  }
  it('are members with the role and the team of their claims from their first sign-in on', async () => {
    const { page, context, faults } = await openTab(browser, world.baseUrl);
    await signIn(page, 'ann');
    await page.waitForURL('**/overview');
    // The pages of the identity provider are its own.
    faults.length = 0;
    // The code that the browser came back with is in no address that it keeps.
    expect(page.url()).not.toContain('sso_code');
    await page.getByRole('link', { name: 'Team', exact: true }).click();
    await page.getByRole('row', { name: /ann@acme\.com.*admin/i }).waitFor();
    await page.getByRole('button', { name: 'Members Engineers' }).click();
    await page
      .getByRole('dialog')
      .getByRole('rowheader', { name: /^Ann Smith/ })
      .waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await takePicture(page, 'single sign-on');
    await page.reload();
    await page.getByRole('heading', { name: 'Team', exact: true }).waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('cannot use a password, and read why', async () => {
    const { page, context } = await openTab(browser, world.baseUrl);
    await page.goto('/sign-in');
    await page.locator('input[name=email]').fill('ann@acme.com');
    await page.locator('input[name=password]').fill('any password');
    await page.locator('button[type=submit]').click();
    await page
      .getByRole('alert')
      .getByText(/single sign-on|identity provider/i)
      .waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await context.close();
  });

  it('of another domain read that they may not', async () => {
    const { page, context } = await openTab(browser, world.baseUrl);
    await signIn(page, 'bob');
    await page.getByRole('alert').getByText('sso_not_allowed').waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await context.close();
  });

  it('are signed out, and cannot return, once their identity provider deactivates them by SCIM (I3)', async () => {
    const { page, context } = await openTab(browser, world.baseUrl);
    await signIn(page, 'ann');
    await page.waitForURL('**/overview');
    const made = await callers.as(company.token).request('POST', '/v1/auth/organization/scim-tokens', { name: 'idp' });
    const scim = callers.as(createdScimToken.parse(made.json).token);
    const found = await scim.request('GET', '/scim/v2/Users?filter=userName%20eq%20%22ann@acme.com%22');
    const { Resources } = found.json as { Resources: { id: string }[] };
    const patch = { Operations: [{ op: 'Replace', path: 'active', value: false }] };
    expect((await scim.request('PATCH', `/scim/v2/Users/${Resources[0]?.id}`, patch)).status).toBe(200);

    await page.goto('/keys');
    await page.waitForURL('**/sign-in**');
    await context.close();
    const again = await openTab(browser, world.baseUrl);
    await signIn(again.page, 'ann');
    await again.page.getByRole('alert').getByText('sso_not_allowed').waitFor();
    await again.context.close();
  });
});
