import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { startWorld, type World } from '../world/start-world.ts';
import { findAxeFaults, openBrowser, openTab, takePicture } from './open-browser.ts';
import { signInAsOperator } from './sign-in.ts';

const pages = [
  '/overview',
  '/start',
  '/keys',
  '/models',
  '/playground',
  '/usage',
  '/requests',
  '/billing',
  '/subscription',
  '/invoices',
  '/payers',
  '/advice',
  '/budgets',
  '/limits',
  '/team',
  '/bulk',
  '/scim',
  '/webhooks',
  '/audit',
  '/settings',
  '/operator/organizations',
  '/operator/providers',
  '/operator/traffic',
  '/operator/routes',
  '/operator/prices',
  '/operator/ledger',
  '/operator/bank-transfers',
  '/operator/alerts',
  '/operator/dead-letters',
  '/operator/reconciliation',
  '/operator/sign-on',
];

const views: readonly (readonly [name: string, options: BrowserContextOptions])[] = [
  ['light', { colorScheme: 'light', viewport: { width: 1280, height: 800 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 1280, height: 800 } }],
  ['phone in Russian', { colorScheme: 'light', viewport: { width: 390, height: 844 }, locale: 'ru-RU' }],
];

describe('every page of the dashboard', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld(), openBrowser()]);
    await fetch(`${world.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'mock-small', messages: [{ role: 'user', content: 'Hello' }] }),
    });
  });
  afterAll(async () => {
    await browser?.close();
    await world?.destroy();
  });

  it('are judged by an axe that finds faults', async () => {
    const { page, context } = await openTab(browser, world.baseUrl);
    await page.goto('/sign-in');
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await page.evaluate("document.querySelector('form').append(Object.assign(new Image(), { src: '/favicon.ico' }))");

    expect(await findAxeFaults(page)).toEqual([expect.stringMatching(/^image-alt: <img/)]);
    await context.close();
  });

  it.each(views)('has nothing that axe finds, nothing too wide and no foreign request: %s', async (name, options) => {
    const { page, context, faults } = await openTab(browser, world.baseUrl, options);
    await signInAsOperator(page, world);
    const found: string[] = [];
    for (const path of pages) {
      await page.goto(path);
      await page.locator('main h1').waitFor();
      await page.locator('main .bones').first().waitFor({ state: 'detached' });
      await takePicture(page, `${path.slice(1).replaceAll('/', '-')} ${name}`);
      found.push(...(await findAxeFaults(page)).map((fault) => `${path} ${fault}`));
      const tooWide = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      if (Number(tooWide) > 0) found.push(`${path} is ${tooWide} px too wide`);
    }
    expect(found).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});
