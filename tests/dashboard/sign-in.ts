import type { Page } from 'playwright-core';
import type { World } from '../world/start-world.ts';

/** Signs the operator of the world in, and waits for the first page. */
export async function signInAsOperator(page: Page, world: World): Promise<void> {
  await page.goto('/sign-in');
  await page.locator('input[name=email]').fill(world.adminEmail);
  await page.locator('input[name=password]').fill(world.adminPassword);
  await page.locator('button[type=submit]').click();
  await page.waitForURL('**/overview');
}
