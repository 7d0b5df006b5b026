import { accessSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { root } from '../tidy/source-files.ts';

const candidates = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => `/usr/bin/${name}`);

/** A headless Chromium of the machine. */
export function openBrowser(): Promise<Browser> {
  const executablePath = candidates.find((path) => {
    try {
      accessSync(path);
      return true;
    } catch {
      return false;
    }
  });
  if (executablePath === undefined) throw new Error(`no browser: install Debian's chromium (${candidates.join(', ')})`);
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** A tab, and all that must not happen in it. */
export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Requests to another origin, errors of scripts, violations of the content-security policy. */
  readonly faults: string[];
}

export async function openTab(browser: Browser, baseUrl: string, options: BrowserContextOptions = {}): Promise<Tab> {
  const context = await browser.newContext({ baseURL: baseUrl, locale: 'en-US', ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(`error ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(`${baseUrl}/`) && !/^(data|blob):/.test(url)) faults.push(`request to ${url}`);
  });
  return { page, context, faults };
}

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Returns what axe finds wrong with the page as it is now. */
export async function findAxeFaults(page: Page): Promise<string[]> {
  // The policy forbids script of others in the page; the browser itself may add one.
  await page.evaluate(await readAxe());
  const found: { id: string; nodes: { html: string }[] }[] = await page.evaluate(
    'axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.map(({ html }) => ({ html })) })))',
  );
  return found.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 200)}`));
}

async function readAxe(): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return `${await readFile(axePath, 'utf8')};undefined`;
}

const pictures = join(root, 'var/screenshots');

/** Keeps a picture of the page in `var/screenshots`, for people to look at. */
export async function takePicture(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
}
