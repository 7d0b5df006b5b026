import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startWorld, type World } from '../world/start-world.ts';
import { findAxeFaults, openBrowser, openTab, type Tab, takePicture } from './open-browser.ts';
import { signInAsOperator } from './sign-in.ts';

describe('the pages for money, access and events, in a browser', () => {
  let world: World;
  let browser: Browser;
  let receiver: Server;
  let receiverUrl: string;
  let status = 204;
  let tab: Tab;
  beforeAll(async () => {
    receiver = createServer((request, response) => request.resume().on('end', () => response.writeHead(status).end()));
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/events`;
    [world, browser] = await Promise.all([startWorld({ WEBHOOK_ALLOWLIST: '127.0.0.1' }), openBrowser()]);
    tab = await openTab(browser, world.baseUrl);
    await signInAsOperator(tab.page, world);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.destroy();
    receiver?.close();
  });

  const open = async (name: string) => {
    await tab.page.getByRole('link', { name, exact: true }).click();
    await tab.page.locator('main .bones').first().waitFor({ state: 'detached' });
    return tab.page;
  };
  const ask = (body: object) =>
    fetch(`${world.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'mock-small', messages: [{ role: 'user', content: 'Hello' }], ...body }),
    });

  it('limits a member, and groups usage by a tag', async () => {
    const page = await open('Limits and tags');
    await page.getByRole('button', { name: 'New limit' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Everyone');
    await dialog.getByRole('button', { name: 'New limit' }).click();
    await dialog.getByText('Fill in one of the three at least.').waitFor();
    await dialog.getByLabel('Requests in a minute').fill('500');
    expect(await findAxeFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'New limit' }).click();
    await page.getByRole('row', { name: /Everyone organisation 0 of 500 – – all/ }).waitFor();
    await page.getByRole('button', { name: 'Change Everyone' }).click();
    await dialog.getByLabel('Requests at once').fill('20');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /Everyone organisation 0 of 500 – 0 of 20 all/ }).waitFor();

    await page.getByLabel('Keys of tags').fill('project, release');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It counts for requests from now on.').waitFor();
    await takePicture(page, 'limits filled');
    const answer = await ask({ metadata: { project: 'search' } });
    expect(answer.status).toBe(200);

    await open('Usage');
    await page.getByLabel('Group by').selectOption('tag');
    await page.getByRole('button', { name: 'search' }).click();
    await page.getByText('Only Tag: search').waitFor();
  });

  it('shows why a request was rejected', async () => {
    const answer = await ask({ model: 'no-such-model' });
    const id = answer.headers.get('x-request-id') ?? '';
    // The page asks again while the ledger does not know the request yet, and each of these answers is a fault of the tab.
    const headers = { authorization: `Bearer ${world.apiKey}` };
    await waitFor(async () => (await fetch(`${world.baseUrl}/v1/billing/explain/${id}`, { headers })).ok, {
      describe: () => 'the ledger to know the request',
    });
    const page = await open('Requests');
    await page.getByLabel('Request id').fill(id);
    await page.getByRole('button', { name: 'Show' }).click();

    await page.getByText('Rejected before a provider was asked').waitFor();
    await page.getByText('model_not_found').waitFor();
    await takePicture(page, 'request rejected');
  });

  it('sends a test event, logs the answer, and sends it again', async () => {
    const page = await open('Webhooks');
    await page.getByRole('button', { name: 'New endpoint' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('alerts');
    await dialog.getByLabel('Address').fill(receiverUrl);
    await takePicture(page, 'webhook dialog');
    expect(await findAxeFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'New endpoint' }).click();
    await page.getByText(/^whsec_/).waitFor();
    await page.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: 'Test alerts' }).click();
    await page.getByRole('heading', { name: 'Log of alerts' }).waitFor();
    const row = page.getByRole('row', { name: /webhook\.test/ });
    await refreshUntil(page, row.getByText('delivered'));
    status = 500;
    await page.getByRole('button', { name: 'Send again webhook.test' }).click();
    await refreshUntil(page, row.getByText('500'));
    await takePicture(page, 'webhooks filled');
  });

  it('takes a list of people, first without a change, and shows the progress', async () => {
    const page = await open('People in bulk');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('Choose a file, or paste a list.').waitFor();
    await page.getByLabel('CSV file').setInputFiles({
      name: 'people.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        'email,name,role,teams\nada@localhost.localdomain,Ada,developer,red;blue\nnot an address,,,\n',
      ),
    });
    await page.getByLabel('or paste it').filter({ hasText: 'Ada' }).waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByText('2 of 2 rows').waitFor();
    await page.getByText('nothing changes').waitFor();
    await page.getByRole('row', { name: /^2 .*failed/ }).waitFor();
    await takePicture(page, 'bulk filled');
    expect(await findAxeFaults(page)).toEqual([]);
  });

  it('says who pays, and has a month whose total is the ledger', async () => {
    const page = await open('Invoices');
    await page.getByLabel('Name').fill('Acme GmbH');
    await page.getByLabel('Address').fill('Street 1\n10115 Berlin');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    const [charge] = await transactions(world);
    await page
      .getByRole('row', { name: /^Total may still change 1 / })
      .getByText(charge ?? '')
      .waitFor();
    await takePicture(page, 'invoices filled');
  });

  it('has a plan, and subscribes to it', async () => {
    const page = await open('Subscription');
    await page.getByRole('button', { name: 'New plan' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Team');
    await dialog.getByLabel('Fee of a month, USD').fill('20');
    await dialog.getByRole('button', { name: 'New plan' }).click();
    await page.getByRole('button', { name: 'Choose Team' }).click();
    await page.getByRole('alertdialog').getByText('The fee of $20.00').waitFor();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Choose' }).click();
    await page.getByRole('button', { name: 'Cancel the subscription' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the subscription' }).click();
    await page.getByText('It ends with this period.').waitFor();
    await takePicture(page, 'subscription filled');
  });

  it('makes a markup, a token for SCIM and an identity provider', async () => {
    const page = await open('Prices');
    await page.getByRole('button', { name: 'New rule' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Models').fill('mock/*');
    await dialog.getByLabel('Change, percent').fill('12,5');
    expect(await findAxeFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'New rule' }).click();
    await page.getByRole('row', { name: /mock\/\* \+12\.5% all in force/ }).waitFor();
    await takePicture(page, 'prices filled');

    await open('SCIM');
    await page.getByRole('button', { name: 'New token' }).click();
    await dialog.getByLabel('Name').fill('Okta');
    await dialog.getByRole('button', { name: 'New token' }).click();
    await page.getByText('Address for the identity provider').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('rowheader', { name: 'Okta' }).waitFor();

    await open('Single sign-on');
    await page.getByRole('button', { name: 'New identity provider' }).click();
    await dialog.getByLabel('Name in addresses').fill('acme');
    await dialog.getByLabel('Name on the sign-in page').fill('Acme');
    await dialog.getByLabel('Issuer').fill('https://login.acme.com');
    await dialog.getByLabel('Client id').fill('aggregator');
    await dialog.getByRole('textbox', { name: 'Domains' }).fill('acme.com, acme.de');
    await takePicture(page, 'sign-on dialog');
    expect(await findAxeFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'New identity provider' }).click();
    await page.getByText(/\/v1\/auth\/sso\/acme\/callback$/).waitFor();
    await page.getByRole('row', { name: /Acme acme acme\.com, acme\.de/ }).waitFor();
    await takePicture(page, 'sign-on filled');
    expect(tab.faults).toEqual([]);
  });
});

/** Asks for the log again until it shows what is waited for. */
async function refreshUntil(page: Tab['page'], shown: ReturnType<Tab['page']['getByText']>): Promise<void> {
  while ((await shown.count()) === 0) {
    const answer = page.waitForResponse((response) => response.url().includes('/deliveries'));
    await page.getByRole('button', { name: 'Refresh' }).click();
    await answer;
  }
}

/** Returns the amounts of the charges in the ledger, as the pages write them. */
async function transactions({ baseUrl, apiKey }: World): Promise<string[]> {
  const answer = await fetch(`${baseUrl}/v1/billing/transactions`, { headers: { authorization: `Bearer ${apiKey}` } });
  const { data } = (await answer.json()) as { data: { type: string; amountNanoUsd: string }[] };
  return data
    .filter(({ type }) => type === 'charge')
    .map(({ amountNanoUsd }) => `$${(-Number(amountNanoUsd) / 1e9).toFixed(9).replace(/0+$/, '')}`);
}
