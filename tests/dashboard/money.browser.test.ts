import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startWorld, type World } from '../world/start-world.ts';
import { Callers, type Tenant } from '../world/tenant-actors.ts';
import { findAxeFaults, openBrowser, openTab, type Tab, takePicture } from './open-browser.ts';
import { signInAsOperator } from './sign-in.ts';

describe('the pages of payers, transfers, credit and advice, in a browser', () => {
  let world: World;
  let browser: Browser;
  let callers: Callers;
  let branch: Tenant;
  let tab: Tab;
  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld(), openBrowser()]);
    callers = new Callers(world.baseUrl);
    branch = await callers.signUp('branch');
    tab = await openTab(browser, world.baseUrl);
    await signInAsOperator(tab.page, world);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.destroy();
  });

  const open = async (name: string) => {
    await tab.page.getByRole('link', { name, exact: true }).click();
    await tab.page.locator('main .bones').first().waitFor({ state: 'detached' });
    return tab.page;
  };

  it('agree to pay for another organisation, and end it', async () => {
    const page = await open('Who pays');
    await page.getByText('This organisation pays for itself.').waitFor();
    const ownId = await page.locator('main code').first().innerText();
    await page.getByLabel('Id of the organisation').fill('not an id');
    await page.getByRole('button', { name: 'Ask an organisation to pay' }).click();
    await page.getByText('An id has 36 characters').waitFor();

    const asked = await callers.as(branch.token).request('PUT', '/v1/billing/payer', { organizationId: ownId });
    expect(asked.status).toBe(200);
    await page.reload();
    await page.getByRole('row', { name: /asked, not accepted yet/ }).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await page.getByRole('button', { name: `Accept ${branch.organizationId}` }).click();
    await page.getByRole('row', { name: new RegExp(`${branch.organizationId} pays`) }).waitFor();
    await takePicture(page, 'payers filled');

    await page.getByRole('button', { name: `Pay no more ${branch.organizationId}` }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Pay no more' }).click();
    await page.getByText('This organisation pays for no other one').waitFor();
  });

  it('enter a bank transfer, which the same operator cannot approve, and reject it', async () => {
    const page = await open('Bank transfers');
    await page.getByRole('button', { name: 'Enter a transfer' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Id of the organisation').fill(branch.organizationId);
    await dialog.getByLabel('Reference of the bank').fill('2026-12-01/17');
    await dialog.getByLabel('Amount, USD').fill('0');
    await dialog.getByLabel('Description').fill('Invoice 12');
    await dialog.getByRole('button', { name: 'Enter a transfer' }).click();
    await dialog.getByText('An amount above zero').waitFor();
    await dialog.getByLabel('Amount, USD').fill('1250.50');
    expect(await findAxeFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Enter a transfer' }).click();
    await page.getByRole('row', { name: /2026-12-01\/17.*\$1,250\.50.*waits for another operator/ }).waitFor();
    expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0);
    await takePicture(page, 'bank transfers filled');

    await page.getByRole('button', { name: 'Reject 2026-12-01/17' }).click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Reject' }).click();
    await page.getByRole('row', { name: /2026-12-01\/17.*rejected/ }).waitFor();
  });

  it('give credit with an end, which the organisation sees in its billing', async () => {
    const page = await open('Organisations');
    await page.getByRole('button', { name: 'Money My organisation' }).click();
    await page.getByLabel('Kind').selectOption('promotional');
    await page.getByLabel('Amount, USD').fill('5');
    await page.getByLabel('Last day, UTC').fill(`${new Date().getUTCFullYear() + 1}-06-30`);
    await page.getByLabel('Description').fill('Welcome');
    expect(await findAxeFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Book' }).click();
    await page.getByText('Booked.').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();
    await open('Billing');
    await page.getByRole('row', { name: /Welcome \$5\.00 \$5\.00 Jun 30/ }).waitFor();
  });

  it('advise, with the requests that show it', async () => {
    const body = JSON.stringify({ model: 'mock-large', messages: [{ role: 'user', content: 'Say it again.' }] });
    const headers = { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' };
    let id = '';
    for (let time = 0; time < 3; time += 1) {
      const answer = await fetch(`${world.baseUrl}/v1/chat/completions`, { method: 'POST', headers, body });
      expect(answer.status).toBe(200);
      id = answer.headers.get('x-request-id') ?? '';
    }
    await waitFor(async () => (await fetch(`${world.baseUrl}/v1/billing/explain/${id}`, { headers })).ok, {
      describe: () => 'the charge of the last request',
    });
    const page = await open('Advice');
    await page.getByRole('heading', { name: 'Requests that were repeated' }).waitFor();
    await takePicture(page, 'advice filled');
    await page.getByLabel('Month').fill('2020-01');
    await page.getByText('There is nothing to save in this month').waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
  });

  it('see in the overview how well requests were answered', async () => {
    const page = await open('Overview');
    await page.getByRole('heading', { name: 'Quality' }).waitFor();
    await page
      .getByText(/^95 % in/)
      .first()
      .waitFor();
    await page.getByText('0 failed, 0 broken off by callers').waitFor();
    await page.getByText('100%', { exact: true }).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await takePicture(page, 'overview filled');
  });

  it('go from the usage of a model to its requests, and to what one of them cost', async () => {
    const page = await open('Usage');
    await page.getByRole('button', { name: 'mock-large' }).click();
    await page.getByRole('link', { name: 'Show requests' }).click();
    const rows = page.getByRole('row', { name: /mock\/mock-large completed/ });
    await rows.first().waitFor();
    expect(await rows.count()).toBe(3);
    expect(await findAxeFaults(page)).toEqual([]);
    await takePicture(page, 'requests filled');
    await page.getByLabel('Outcome').selectOption('failed');
    await page.getByRole('button', { name: 'Filter' }).click();
    await page.getByText('No request fits').waitFor();
    await page.goBack();
    await rows.first().getByRole('link').click();
    await page.getByRole('heading', { name: 'How the amount comes about' }).waitFor();
    await page.getByText('Took', { exact: true }).waitFor();
    await page.getByText('not asked').waitFor();
    expect(tab.faults).toEqual([]);
  });
});
