import { spawnSync } from 'node:child_process';
import { type BalanceAnswer, type Invoice, invoice, type TopUp, topUp } from '@aggregator/contracts';
import { createFakeStripe, type FakeStripe, signStripeEvent, startFakeProvider } from '@aggregator/fake-providers';
import { type Mailbox, startMailbox, waitFor } from '@aggregator/testing';
import { expect } from '@jest/globals';
import { root } from '../tidy/source-files.ts';
import { startWorld, type World } from './start-world.ts';
import { Callers, type Tenant } from './tenant-actors.ts';

const secret = 'whsec_secret_of_tests';
const nanoPerCent = 10_000_000n;
const twenty = 20_000_000_000n;
const ten = 10_000_000_000n;
/** A cent of spending crosses it. */
const warningLine = twenty - nanoPerCent;
const hourMs = 3_600_000;

/** A customer, an operator, a payment provider and a mail server around an installation whose clock the tour moves. */
export interface TourWorld {
  world: World;
  fake: FakeStripe;
  mailbox: Mailbox;
  clock: { now(): Date; advance(ms: number): void };
  /** Names the databases of this installation to the commands of the operator. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

export async function startTour(environment: Record<string, string> = {}): Promise<TourWorld> {
  let aheadMs = 0;
  const clock = {
    now: () => new Date(Date.now() + aheadMs),
    advance(ms: number) {
      aheadMs += ms;
    },
  };
  const fake = createFakeStripe(clock.now);
  const stripe = await startFakeProvider(fake.listener);
  const mailbox = await startMailbox();
  const settings = {
    ...{ STRIPE_SECRET_KEY: 'sk_test_12345678', STRIPE_WEBHOOK_SECRETS: secret, STRIPE_API_URL: stripe.url },
    ...{ SIGN_UP_CREDIT_NANO_USD: '0', LOW_BALANCE_NANO_USD: warningLine.toString() },
    ...{ MAIL_TRANSPORT: 'smtp', SMTP_URL: mailbox.url, MAIL_FROM: 'billing@example.com' },
    ...environment,
  };
  const world = await startWorld(settings, { clock: clock.now, pace: 20 });
  return {
    ...{ world, fake, mailbox, clock, environment: { ...environment, DATABASE_URL: world.databaseServerUrl } },
    async stop() {
      await world.destroy();
      await stripe.close();
      await mailbox.stop();
    },
  };
}

/** From the registration to the verified audit. Each step asserts what a person would see. */
export async function walkThroughMonth(tour: TourWorld): Promise<void> {
  const { world, fake, mailbox, clock } = tour;
  const callers = new Callers(world.baseUrl);
  const owner = await callers.signUp('tourist');
  const operator = (await callers.logIn(world.adminEmail, world.adminPassword)).accessToken;
  const ask = (method: string, path: string, body?: unknown, as = owner.token) =>
    callers.as(as).request(method, `/v1/billing${path}`, body);
  const balance = async () => BigInt(((await ask('GET', '/balance')).json as BalanceAnswer).balanceNanoUsd);
  const deliver = async (events: Parameters<typeof signStripeEvent>[0][]) => {
    for (const event of events) {
      const { body, headers } = signStripeEvent(event, [secret], clock.now());
      const answer = await fetch(`${world.baseUrl}/v1/billing/webhooks/stripe`, { method: 'POST', body, headers });
      expect(answer.status).toBe(200);
    }
  };
  await setUp(ask, operator);

  const order = { amountNanoUsd: twenty.toString(), idempotencyKey: 'tour-top-up', saveMethod: true };
  const first: TopUp = topUp.parse((await ask('POST', '/top-ups', order)).json);
  const page = String(first.checkoutUrl).split('/').at(-1) ?? '';
  await deliver(fake.pay(page));
  expect(await balance()).toBe(twenty);
  const limits = { amountNanoUsd: ten.toString(), dayMaxNanoUsd: ten.toString(), monthMaxNanoUsd: ten.toString() };
  const automatic = await ask('PUT', '/automatic-top-up', { ...limits, thresholdNanoUsd: warningLine.toString() });
  expect(automatic.status).toBe(200);

  await spend(callers, owner, async () => (await balance()) > twenty);
  const mailOf = (text: RegExp) => () => mailbox.received.some((mail) => text.test(mail.text));
  await waitFor(mailOf(/Low balance: \$19\./), { describe: 'the mail of the low balance' });
  await waitFor(mailOf(/Payment received: \$10\.00/), { describe: 'the mail of the automatic top-up' });
  const spent = twenty + ten - (await balance());
  expect(spent).toBeGreaterThan(nanoPerCent);

  // The month after the next one: also a tour at midnight of a month's end has all its charges in closed months.
  clock.advance(62 * 24 * hourMs);
  const invoices = await waitForInvoices(ask, spent);
  await waitFor(mailOf(/Document INV-000001/), { describe: 'the mail of the invoice' });
  await readPdf(world.baseUrl, owner, invoices[0]?.id ?? '');

  const before = await balance();
  const refund = { amountNanoUsd: '5000000000', reasonKey: 'tour-refund', description: 'Asked for' };
  expect((await ask('POST', `/top-ups/${first.id}/refunds`, refund, operator)).status).toBe(201);
  expect(await balance()).toBe(before - 5_000_000_000n);
  const note = { amountNanoUsd: nanoPerCent.toString(), reasonKey: 'tour-note', description: 'Service fault' };
  const credited = await ask('POST', `/invoices/${invoices[0]?.id}/credit-notes`, note, operator);
  expect(credited).toMatchObject({ status: 201, json: { kind: 'credit_note', totalCents: '1' } });
  expect(await balance()).toBe(before - 5_000_000_000n + nanoPerCent);

  expect(run('billing-rerate', tour)).toMatch(/[1-9]\d* charges, 0 differences/);
  const audit = run('audit-verify', tour);
  for (const service of ['auth', 'billing', 'provider-orchestrator']) {
    expect(audit).toMatch(new RegExp(`${service}: \\d+ entries are whole`));
  }
}

type Ask = (method: string, path: string, body?: unknown, as?: string) => Promise<{ status: number; json: unknown }>;

async function setUp(ask: Ask, operator: string): Promise<void> {
  const seller = { name: 'ООО «Пример»', address: ['Москва'], taxId: '7700000000', numberPrefix: 'INV-' };
  const legal = await ask('PUT', '/legal-entity', { ...seller, taxName: 'НДС', taxPpm: 200_000 }, operator);
  expect(legal.status).toBe(200);
  const profile = { name: 'Tourist Ltd', address: ['1 Road'], taxId: null, timeZone: 'Europe/Moscow' };
  expect((await ask('PUT', '/profile', profile)).status).toBe(200);
}

/** Sends long requests until the automatic top-up has come. */
async function spend(callers: Callers, owner: Tenant, isToppedUp: () => Promise<boolean>): Promise<void> {
  const { key } = await callers.createKey(owner.token);
  const content = 'word '.repeat(4000);
  for (let turn = 0; turn < 4; turn += 1) {
    const chat = { model: 'mock-large', messages: [{ role: 'user', content: `${turn} ${content}` }] };
    expect((await callers.as(key).request('POST', '/v1/chat/completions', chat)).status).toBe(200);
  }
  await waitFor(isToppedUp, { describe: 'the automatic top-up' });
}

/** Returns the invoices once they hold all that was spent: each adds up, and all together to the nano. */
async function waitForInvoices(ask: Ask, spent: bigint): Promise<Invoice[]> {
  const read = async (): Promise<Invoice[]> => {
    const { json } = await ask('GET', '/invoices');
    const ids = (json as { data: { id: string }[] }).data.map(({ id }) => id);
    const documents = await Promise.all(ids.map(async (id) => (await ask('GET', `/invoices/${id}`)).json));
    return documents.map((document) => invoice.parse(document)).reverse();
  };
  const sum = (parts: readonly (string | bigint)[]) => parts.reduce<bigint>((all, part) => all + BigInt(part), 0n);
  await waitFor(async () => sum((await read()).map(({ totalNanoUsd }) => totalNanoUsd)) === spent, {
    describe: `invoices of ${spent} nano-USD`,
  });
  const invoices = await read();
  for (const { lines, totalCents, netCents, tax, totalNanoUsd, carriedInNanoUsd, carriedOutNanoUsd } of invoices) {
    expect(sum(lines.map(({ amountCents }) => amountCents))).toBe(BigInt(totalCents));
    expect(sum(lines.map(({ amountNanoUsd }) => amountNanoUsd))).toBe(BigInt(totalNanoUsd));
    expect(sum([netCents, ...tax.map(({ cents }) => cents)])).toBe(BigInt(totalCents));
    const due = BigInt(totalNanoUsd) + BigInt(carriedInNanoUsd);
    expect(BigInt(totalCents) * nanoPerCent + BigInt(carriedOutNanoUsd)).toBe(due);
  }
  return invoices;
}

async function readPdf(baseUrl: string, { token }: Tenant, id: string): Promise<void> {
  const answer = await fetch(`${baseUrl}/v1/billing/invoices/${id}?format=pdf`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(answer.headers.get('content-type')).toContain('application/pdf');
  expect(
    Buffer.from(await answer.arrayBuffer())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
}

/** A command of the operator against the databases of the tour. */
function run(script: string, { environment }: TourWorld): string {
  const env = { PATH: process.env.PATH, ...environment };
  const { status, stdout, stderr } = spawnSync(process.execPath, [`scripts/${script}.ts`], {
    ...{ cwd: root, env, encoding: 'utf8', timeout: 60_000 },
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return stdout;
}
