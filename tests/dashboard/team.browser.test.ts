import { readFile } from 'node:fs/promises';
import { splitCsv } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startWorld, type World } from '../world/start-world.ts';
import { findAxeFaults, openBrowser, openTab, takePicture } from './open-browser.ts';
import { signInAsOperator } from './sign-in.ts';

describe('an administrator, in a browser', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.destroy();
  });

  it('makes a team, a service account and a budget, invites a person, and reads it all in the audit', async () => {
    const { page, context, faults } = await openTab(browser, world.baseUrl);
    await signInAsOperator(page, world);
    await page.getByRole('link', { name: 'Team', exact: true }).click();
    // The lists above push the form down when they arrive, and a click meanwhile goes beside the button.
    await page.locator('main .bones').first().waitFor({ state: 'detached' });
    await page.getByLabel('Name of the team').fill('Research');
    await page.getByRole('button', { name: 'New team' }).click();
    await page.getByRole('rowheader', { name: 'Research' }).waitFor();

    await page.getByRole('button', { name: 'New service account' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Nightly job');
    await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click();
    await page.getByRole('rowheader', { name: /^Nightly job/ }).waitFor();

    await page.getByRole('button', { name: 'Members Research' }).click();
    await page.getByRole('dialog').getByLabel('Member', { exact: true }).selectOption({ label: 'Nightly job' });
    await page.getByRole('dialog').getByLabel('leads the team').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Put into the team' }).click();
    await page.getByRole('dialog').getByRole('rowheader', { name: 'Nightly job lead' }).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await takePicture(page, 'team members');
    await page.getByRole('button', { name: 'Take out Nightly job' }).click();
    await page.getByText('There are no members in this team.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: 'Invite' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('E-mail address').fill('ada@example.com');
    await dialog.getByLabel('Role').selectOption('viewer');
    await dialog.getByLabel('Team', { exact: true }).selectOption({ label: 'Research' });
    expect(await findAxeFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Invite' }).click();
    await page.getByRole('rowheader', { name: 'ada@example.com' }).waitFor();

    await page.getByRole('link', { name: 'Budgets' }).click();
    await page.getByRole('button', { name: 'New budget' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Research month');
    await page.getByRole('dialog').getByLabel('Of').selectOption('team');
    await page.getByRole('dialog').getByLabel('Amount, USD').fill('12.50');
    await page.getByRole('dialog').getByRole('button', { name: 'New budget' }).click();
    await page.getByRole('row', { name: /Research month.*team Research.*of \$12\.50/ }).waitFor();

    await page.getByRole('link', { name: 'Audit' }).click();
    for (const action of ['team_created', 'service_account_created', 'invitation_created']) {
      await page.getByRole('cell', { name: action }).first().waitFor();
    }
    await page.getByLabel('Who').selectOption({ label: 'Administrator' });
    await page.getByLabel('Action').fill('team_created');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByRole('cell', { name: 'budget_created' }).waitFor({ state: 'detached' });
    await page.getByRole('cell', { name: 'team_created' }).waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save as CSV' }).click(),
    ]);
    const { rows } = splitCsv(await readFile(await file.path(), 'utf8'));
    expect(rows.slice(1, -1).map(([, action]) => action)).toEqual(['team_created']);
    expect(await findAxeFaults(page)).toEqual([]);
    await page.getByLabel('First day').fill('2020-01-01');
    await page.getByLabel('Last day').fill('2020-01-02');
    await page.getByRole('button', { name: 'Find' }).click();
    await page.getByText('No entry fits').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('books money into an organisation, and sees the same amount in its statement', async () => {
    const { page, context, faults } = await openTab(browser, world.baseUrl);
    await signInAsOperator(page, world);
    await page.getByRole('link', { name: 'Organisations' }).click();
    await page.getByRole('button', { name: 'Money My organisation' }).click();
    await page.getByLabel('Amount, USD').fill('0.000000001');
    await page.getByLabel('Description').fill('one nano');
    await page.getByRole('button', { name: 'Book' }).click();
    await page.getByText('Booked.').waitFor();
    await page.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('link', { name: 'Billing' }).click();
    await page.getByRole('row', { name: /one nano.*\$0\.000000001/ }).waitFor();
    await page.getByText('$100.000000001').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });

  it('tests a provider, makes a route of two models, and asks it', async () => {
    const { page, context, faults } = await openTab(browser, world.baseUrl);
    await signInAsOperator(page, world);
    await page.getByRole('link', { name: 'Providers' }).click();
    await page.getByRole('button', { name: 'Test mock' }).click();
    await page.getByText(/^mock\/mock-\w+ answered in/).waitFor();

    await page.getByRole('link', { name: 'Live state' }).click();
    await page.getByRole('row', { name: /^mock .*closed/ }).waitFor();
    await page.getByRole('row', { name: /current/ }).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    await takePicture(page, 'live state');

    await page.getByRole('link', { name: 'Routes' }).click();
    await page.getByRole('button', { name: 'New route' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('fast');
    await dialog.getByLabel('Add a candidate').selectOption('mock/mock-small');
    await dialog.getByLabel('Add a candidate').selectOption('mock/mock-large');
    expect(await findAxeFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('link', { name: 'Try fast' }).click();
    await page.getByLabel('Message').fill('Hello');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('region', { name: 'Answer of fast' }).getByText('$').waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});
