import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startWorld, type World } from '../world/start-world.ts';
import { findAxeFaults, openBrowser, openTab } from './open-browser.ts';
import { signInAsOperator } from './sign-in.ts';

describe('a developer, in a browser', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.destroy();
  });
  const statusOf = async (key: string) => {
    const answer = await fetch(`${world.baseUrl}/v1/models`, { headers: { authorization: `Bearer ${key}` } });
    await answer.arrayBuffer();
    return answer.status;
  };

  it('makes a restricted key, rotates it with an overlap, and revokes it', async () => {
    const { page, context, faults } = await openTab(browser, world.baseUrl);
    await signInAsOperator(page, world);
    await page.getByRole('link', { name: 'API keys' }).click();
    await page.getByRole('button', { name: 'New key' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Batch');
    await dialog.getByLabel('Purpose').selectOption('presetTrial');
    await dialog.getByLabel('Models').fill('mock-small');
    expect(await findAxeFaults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'New key' }).click();
    const secret = page.getByRole('figure', { name: 'Your new key' }).locator('pre');
    const first = await secret.innerText();
    expect(await statusOf(first)).toBe(200);
    await page.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: 'Rotate Batch' }).click();
    await page.getByRole('button', { name: 'Rotate', exact: true }).click();
    const second = await secret.innerText();
    expect(second).not.toBe(first);
    expect(await Promise.all([statusOf(first), statusOf(second)])).toEqual([200, 200]);
    await page.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: 'Revoke Batch' }).first().click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click();
    await page.getByRole('alertdialog').waitFor({ state: 'detached' });
    await waitFor(async () => (await Promise.all([statusOf(first), statusOf(second)])).includes(401), {
      describe: () => 'the revoked key to be rejected',
    });
    expect(faults.filter((fault) => !fault.includes('401'))).toEqual([]);
    await context.close();
  });

  it('asks two models side by side, sees time and cost, and the story of one request', async () => {
    const { page, context, faults } = await openTab(browser, world.baseUrl);
    await signInAsOperator(page, world);
    await page.goto('/playground?model=mock-small&other=mock-large');
    await page.getByLabel('Message').fill('Hello');
    await page.getByLabel('Message').press('Control+Enter');
    const answers = page.getByRole('region', { name: /^Answer of/ });
    await answers.nth(0).getByText('$').waitFor();
    await answers.nth(1).getByText('$').waitFor();
    const cost = await answers.nth(0).locator('.money').innerText();
    expect(await findAxeFaults(page)).toEqual([]);

    await waitFor(
      async () => {
        const id = await answers.nth(0).locator('dd code').innerText();
        const headers = { authorization: `Bearer ${world.apiKey}` };
        return (await fetch(`${world.baseUrl}/v1/billing/explain/${id}`, { headers })).ok;
      },
      { describe: () => 'the charge to be booked' },
    );
    await answers.nth(0).locator('dd a').click();
    await page.getByRole('heading', { name: 'How the amount comes about' }).waitFor();
    expect(await page.locator('strong.money').innerText()).toBe(cost);
    expect(await findAxeFaults(page)).toEqual([]);

    await page.getByRole('link', { name: 'Usage' }).click();
    await page.getByRole('button', { name: 'mock-small' }).click();
    await page.getByText('Only Model: mock-small').waitFor();
    await page.getByRole('row', { name: /^Total 1 0 .*\$/ }).waitFor();
    expect(await findAxeFaults(page)).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});
