import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { startWorld, type World } from '../world/start-world.ts';
import { openBrowser, openTab } from './open-browser.ts';

describe('the reference of the API, in a browser', () => {
  let world: World;
  let browser: Browser;
  beforeAll(async () => {
    [world, browser] = await Promise.all([startWorld(), openBrowser()]);
  });
  afterAll(async () => {
    await browser?.close();
    await world?.destroy();
  });

  it('shows a route with its body and its errors without signing in, and asks no other origin', async () => {
    const { page, context, faults } = await openTab(browser, world.baseUrl);
    await page.goto('/docs');
    await page.getByRole('heading', { name: 'API reference', level: 1 }).waitFor();
    await page.locator('.opblock-summary', { hasText: '/v1/chat/completions' }).first().click();

    await page.getByText('model_not_found').first().waitFor();
    await page.getByText('Idempotency-Key').first().waitFor();
    expect(faults).toEqual([]);
    await context.close();
  });
});
