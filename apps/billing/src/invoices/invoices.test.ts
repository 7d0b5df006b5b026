import { randomUUID } from 'node:crypto';
import type { Invoice } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { handleUsageRecorded } from '../consumers/usage-recorded.ts';
import { openAccounts } from '../ledger/open-accounts.ts';
import { confirmedBefore } from '../organizations/directory.ts';
import type { Found } from '../reconciliation/check.ts';
import { noteOutcome } from '../reconciliation/note-outcome.ts';
import { type PaymentWorld, startPayments, twenty } from '../testing/start-payments.ts';
import { toRecord, usageEvent } from '../testing/usage-event.ts';
import { closeMonth, issueInvoices } from './issue-invoices.ts';
import { monthOf } from './month-bounds.ts';
import { nameLines } from './name-lines.ts';
import { readStatement } from './read-statement.ts';
import { renderCsv, renderStatementCsv } from './render-csv.ts';

const hourMs = 3_600_000;
const seller = {
  ...{ name: 'ООО «Пример»', address: ['Москва'], taxId: '7700000000' },
  ...{ numberPrefix: 'INV-', taxName: 'НДС', taxPpm: 200_000 },
};
const buyer = { name: 'Engines Ltd', address: ['1 Road'], taxId: null, timeZone: 'Europe/Moscow', currency: 'RUB' };
const rate = { currency: 'RUB', microUnitsPerUsd: '92345678' };

describe('an invoice', () => {
  let world: PaymentWorld;
  beforeAll(async () => {
    world = await startPayments();
    await world.paid();
    await world.ask('PUT', '/v1/billing/legal-entity', world.operator, seller);
    await world.ask('PUT', '/v1/billing/profile', world.owner, buyer);
    await setRate();
  });
  afterAll(() => world.stop());

  const setRate = async () => {
    world.clock.advance(1);
    const body = { ...rate, source: 'Bank' };
    expect((await world.ask('POST', '/v1/billing/exchange-rates', world.operator, body)).status).toBe(201);
  };
  const charge = (...costs: number[]) => {
    const { orgId } = world.owner;
    return handleUsageRecorded(
      world.context,
      costs.map((costNanoUsd) => toRecord(usageEvent({ orgId, costNanoUsd }))),
    );
  };
  const list = async (): Promise<Invoice[]> => {
    const { body } = await world.ask('GET', '/v1/billing/invoices', world.owner);
    const rows = body.data.map(({ id }: Invoice) => world.ask('GET', `/v1/billing/invoices/${id}`, world.owner));
    return (await Promise.all(rows)).map((answer) => answer.body);
  };
  const noteAndList = async (found: Found[]) => {
    await noteOutcome(world.context.database, world.clock.now, 'events', { found, facts: {} });
    return world.context.database.reconciliationDifference.findMany();
  };
  const platform = async (kind: string) =>
    (await world.context.database.account.findFirstOrThrow({ where: { orgId: null, kind } })).balance;

  it('has what the ledger moved in the month, to the nano, an hour after its end and once, not while a difference is open or its rate is old', async () => {
    await charge(12_345_678, 87_654_321, 5_000_001);
    const spent = twenty - (await world.available());
    const { to } = monthOf(world.clock.now, buyer.timeZone);
    world.clock.now = new Date(to.getTime() + hourMs - 1);
    expect(await issueInvoices(world.context)).toBe(0);
    world.clock.advance(1);
    const found = [{ orgId: world.owner.orgId, subject: 'a difference', details: {} }];
    const [difference] = await noteAndList(found);
    expect(await issueInvoices(world.context)).toBe(0);
    // As for an organisation that was chosen a moment before the difference was found.
    const { database, clock } = world.context;
    expect(await closeMonth(world.context, world.owner.orgId)).toBe(false);
    const verdict = { verdict: 'explained', note: 'Nothing is missing.' };
    await world.ask('POST', `/v1/billing/differences/${difference?.id}/judge`, world.operator, verdict);
    const atProvider = { orgId: null, subject: 'openai 2026-11-20', details: {} };
    await noteOutcome(world.context.database, world.clock.now, 'costs', { found: [atProvider], facts: {} });
    const old = new Date(clock().getTime() - 30 * 24 * hourMs - 1);
    const row = { currency: 'RUB', microUnitsPerUsd: 92_345_678n, source: 'Bank' };
    await database.exchangeRate.create({ data: { ...row, id: createUuidV7(clock().getTime()), createdAt: old } });
    expect(await issueInvoices(world.context)).toBe(0);
    await setRate();
    const issued = await Promise.all([1, 2, 3].map(() => issueInvoices(world.context)));
    expect(issued.reduce((sum, count) => sum + count)).toBe(1);

    const [invoice] = await list();
    expect(invoice).toMatchObject({
      ...{ kind: 'invoice', number: 'INV-000001', totalNanoUsd: spent.toString(), totalCents: '10' },
      ...{ carriedInNanoUsd: '0', carriedOutNanoUsd: '5000000', netCents: '8' },
      ...{ tax: [{ name: 'НДС', ppm: 200_000, cents: '2' }], buyer: { name: 'Engines Ltd' } },
      converted: { ...rate, totalMinorUnits: '923', taxMinorUnits: '185' },
    });
    expect(await platform('tax_payable')).toBe(20_000_000n);
    expect(await world.isConsistent()).toBe(true);
  });

  it('of one organisation that fails does not stop those of the others', async () => {
    const { database } = world.context;
    const [broken, other] = [randomUUID(), randomUUID()];
    const { until } = await database.invoiceProgress.findUniqueOrThrow({ where: { orgId: world.owner.orgId } });
    const month = monthOf(new Date(until.getTime() - 32 * 24 * hourMs), 'UTC');
    for (const orgId of [broken, other]) {
      await openAccounts(database, orgId, { signUpCreditNanoUsd: 0n, organizations: confirmedBefore });
      await database.invoiceProgress.create({ data: { orgId, until: month.from, carried: 0n } });
    }
    await database.billingProfile.create({ data: { orgId: broken, body: { timeZone: 'UTC' } } });
    await issueInvoices(world.context);
    const after = async (orgId: string) =>
      (await database.invoiceProgress.findUniqueOrThrow({ where: { orgId } })).until;
    expect([await after(broken), await after(other)]).toEqual([month.from, month.to]);
  });

  it('follows for the next month with what was carried, and not for a month below a cent', async () => {
    const rest = 5_000_000n;
    expect(await issueInvoices(world.context)).toBe(0);
    const progress = await world.context.database.invoiceProgress.findUniqueOrThrow({
      where: { orgId: world.owner.orgId },
    });
    expect(progress).toMatchObject({ carried: rest });
    world.clock.now = new Date(monthOf(progress.until, buyer.timeZone).to.getTime() + hourMs);
    await setRate();
    expect(await issueInvoices(world.context)).toBe(0);
    expect(await list()).toHaveLength(1);
    const later = await world.context.database.invoiceProgress.findUniqueOrThrow({
      where: { orgId: world.owner.orgId },
    });
    expect(later).toMatchObject({ carried: rest });
  });

  it('is printed with Cyrillic letters, and as CSV whose lines add up', async () => {
    const [invoice] = await list();
    const path = `${world.url}/v1/billing/invoices/${invoice?.id}`;
    expect(path).toContain('/invoices/');
    const csv = renderCsv(invoice as Invoice);
    const sum = csv
      .trim()
      .split('\r\n')
      .slice(1)
      .reduce((total, row) => total + Number(row.split(',')[6]), 0);
    expect(String(sum)).toBe(invoice?.totalCents);
    const { renderPdf } = await import('./render-pdf.ts');
    const pdf = await renderPdf(invoice as Invoice);
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.toString('latin1')).toMatch(/DejaVuSans/);
    expect(await renderPdf(invoice as Invoice)).toHaveLength(pdf.length);
  });

  it('is lowered by credit notes, once for each reason and never below zero', async () => {
    const [invoice] = await list();
    const before = await world.available();
    const ask = (amountNanoUsd: string, reasonKey: string) =>
      world.ask('POST', `/v1/billing/invoices/${invoice?.id}/credit-notes`, world.operator, {
        ...{ amountNanoUsd, reasonKey, description: 'Service fault' },
      });
    await world.ask('POST', '/v1/billing/exchange-rates', world.operator, {
      ...{ currency: 'RUB', microUnitsPerUsd: '1', source: 'A later rate' },
    });
    const first = await ask('60000000', 'ticket-1');
    expect(first.body.converted).toMatchObject({ ...rate, totalMinorUnits: '554' });
    expect(first).toMatchObject({
      ...{ status: 201, body: { kind: 'credit_note', number: 'INV-000002', invoiceNumber: 'INV-000001' } },
    });
    expect((await ask('60000000', 'ticket-1')).status).toBe(200);
    expect((await ask('50000000', 'ticket-1')).body.code).toBe('conflict');
    expect((await ask('50000000', 'ticket-2')).body.code).toBe('invalid_amount');
    for (const wrong of ['0', '-10000000', '1']) expect((await ask(wrong, 'ticket-3')).status).toBe(400);
    expect((await ask('40000000', 'ticket-2')).status).toBe(201);
    expect((await ask('10000000', 'ticket-4')).body.code).toBe('already_refunded');
    expect(await world.available()).toBe(before + 100_000_000n);
    const numbers = (await list()).map(({ number }) => number).sort();
    expect(numbers).toEqual(['INV-000001', 'INV-000002', 'INV-000003']);
    expect(await world.isConsistent()).toBe(true);
  });

  it('of another organisation does not exist, and cannot be changed in the database (I6, I17)', async () => {
    const [invoice] = await list();
    const stranger = { ...world.owner, orgId: randomUUID() };
    expect((await world.ask('GET', `/v1/billing/invoices/${invoice?.id}`, stranger)).status).toBe(404);
    expect((await world.ask('GET', '/v1/billing/invoices', stranger)).body.data).toEqual([]);
    for (const statement of ['UPDATE invoice SET total_cents = 1', 'DELETE FROM invoice']) {
      await expect(world.context.database.$executeRawUnsafe(statement)).rejects.toThrow(/append-only/);
    }
  });
});

describe('the statement of a month', () => {
  it('adds up to the ledger by model, user and key, in nano-USD and in cents', async () => {
    const nameById = new Map<string, string>();
    const names = { find: async () => (id: string) => nameById.get(id) };
    const world = await startPayments({}, { names });
    try {
      await world.paid();
      const { orgId } = world.owner;
      const [one, two, key] = [randomUUID(), randomUUID(), randomUUID()];
      nameById.set(one, 'Ada').set(key, 'batch');
      const requestId = randomUUID();
      const events = [
        { requestId, userId: one, keyId: key, costNanoUsd: 16_000_001 },
        { userId: one, keyId: null, costNanoUsd: 3_000_000 },
        { userId: two, keyId: null, costNanoUsd: 15_999_999, model: 'other' },
      ].map((facts) => toRecord(usageEvent({ orgId, ...facts })));
      await handleUsageRecorded(world.context, events);
      const spent = (twenty - (await world.available())).toString();
      const period = new Date().toISOString().slice(0, 7);
      const read = async (by: string) => world.ask('GET', `/v1/billing/statements/${period}?by=${by}`, world.owner);
      for (const by of ['model', 'user', 'key']) {
        const { body } = await read(by);
        const sum = (field: string) =>
          body.lines
            .reduce((all: bigint, line: Record<string, string>) => all + BigInt(line[field] ?? 0), 0n)
            .toString();
        expect([sum('amountNanoUsd'), body.totalNanoUsd]).toEqual([spent, spent]);
        expect([sum('amountCents'), body.totalCents]).toEqual(['3', '3']);
      }
      expect((await read('user')).body.lines).toMatchObject([
        { subjectId: one, name: 'Ada', requests: 2, amountNanoUsd: '19000001', amountCents: '2' },
        { subjectId: two, requests: 1, amountNanoUsd: '15999999', amountCents: '1' },
      ]);
      const byKey = (await read('key')).body.lines.map(({ subjectId }: { subjectId: string | null }) => subjectId);
      expect(byKey).toEqual([null, key]);
      const csv = await readStatement(world.context.database, world.clock.now, orgId, period, { by: 'key' });
      expect(renderStatementCsv(await nameLines(names, csv)).split('\r\n')[2]).toContain(`${key},batch,`);
      const { body: explained } = await world.ask('GET', `/v1/billing/explain/${requestId}`, world.owner);
      expect(explained).toMatchObject({ userId: one, userName: 'Ada', keyId: key, keyName: 'batch' });
      const stranger = { ...world.owner, orgId: randomUUID() };
      const path = (text: string) => world.ask('GET', `/v1/billing/statements/${text}`, stranger);
      expect((await path(period)).body).toMatchObject({ lines: [], totalNanoUsd: '0', isClosed: false });
      for (const wrong of ['2026-13', '2026-1', '0000-01', '2026-11-01', `${period}?by=tag`]) {
        expect((await path(wrong)).status).toBe(400);
      }
    } finally {
      await world.stop();
    }
  });
});

describe('renderCsv', () => {
  it('gives a spreadsheet no formula', () => {
    const line = { description: '=HYPERLINK("x")', requests: 1, amountNanoUsd: '10000000', amountCents: '1' };
    const document = { number: 'A-1', kind: 'invoice', period: '2026-11', currency: 'USD', lines: [line] };
    expect(renderCsv(document as Invoice).split('\r\n')[1]).toContain(`"'=HYPERLINK(""x"")"`);
  });
});
