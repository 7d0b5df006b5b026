import { AppError, operation, type PriceEntry, providerType } from '@aggregator/contracts';
import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';
import { checkPrice } from '../providers/check-price.ts';
import { toRates } from '../registry/plain-rates.ts';
import { toPriceVersion } from '../registry/price-version.ts';
import { type AddedSpans, addSpans, type NewSpan, onlyOf } from './add-spans.ts';
import { endOfApi } from './end-spans.ts';
import type { PriceAuthor } from './make-room.ts';

/** Prices that hold now or will; past ones are kept, and do not count. */
const openPeriodsMax = 20_000;

interface PriceSubject {
  readonly kind: string;
  readonly provider: string;
  readonly model: string;
}

/** Two prices with the same key cannot hold at the same instant. */
export const keyOfPrice = ({ kind, provider, model }: PriceSubject): string => JSON.stringify([kind, provider, model]);

/**
 * Adds a price to the book, inside the transaction that publishes it. The one that holds when it begins ends there.
 * @returns Its id.
 * @throws {AppError} `invalid_value` for a price that can never be charged or begins in the past; `conflict` where another
 * price begins within its span, another source set the one that it would end, or that one lasts longer.
 */
export async function addPeriod(tx: Transaction, entry: PriceEntry, author: PriceAuthor): Promise<string> {
  return onlyOf(await addPeriods(tx, [entry], author));
}

/** Adds prices that do not overlap, as `addSpans` does. */
export async function addPeriods(
  tx: Transaction,
  entries: readonly PriceEntry[],
  author: PriceAuthor,
): Promise<AddedSpans<PriceEntry>> {
  const models = await readModels(tx, entries);
  return addSpans<PriceSubject, PriceEntry>(tx, entries, {
    ...{ part: 'price', author, openMax: openPeriodsMax, keyOf: keyOfPrice },
    countOpen: (present) => tx.pricePeriod.count({ where: openAt(present) }),
    readStanding: (portion, present) =>
      tx.pricePeriod.findMany({
        where: { ...namesOf(portion), ...openAt(present) },
        orderBy: { effectiveFrom: 'asc' },
      }),
    check: (entry) => checkEntry(entry, models.get(nameOf(entry.provider, entry.model)), author),
    insert: (rows) => insertPeriods(tx, rows, author),
  });
}

/**
 * Ends a price of the API now, or withdraws one that has not begun. Then the declared price holds again.
 * @throws {AppError} `not_found`; `conflict` for one that has ended, or that another source set.
 */
export async function endPeriod(tx: Transaction, id: string): Promise<void> {
  await endOfApi(tx, 'price', await tx.pricePeriod.findUnique({ where: { id } }));
}

/** Rows that are in force at this instant or later. */
export const openAt = (instant: Date) => ({ OR: [{ effectiveTo: null }, { effectiveTo: { gt: instant } }] });

interface PricedModel {
  readonly operations: unknown;
  readonly provider: { readonly type: string };
}

const nameOf = (provider: string, model: string): string => `${provider}/${model}`;
const namesOf = (entries: readonly PriceEntry[]) => ({
  provider: { in: [...new Set(entries.map(({ provider }) => provider))] },
  model: { in: [...new Set(entries.map(({ model }) => model))] },
});

async function readModels(tx: Transaction, entries: readonly PriceEntry[]): Promise<Map<string, PricedModel>> {
  const { provider, model } = namesOf(entries);
  const rows = await tx.model.findMany({
    where: { providerName: provider, id: model },
    select: { id: true, providerName: true, operations: true, provider: { select: { type: true } } },
  });
  return new Map(rows.map((row) => [nameOf(row.providerName, row.id), row]));
}

/** Rejects a price by which the model cannot be charged. A file or a resource may arrive before its provider. */
function checkEntry({ provider, model, price }: PriceEntry, known: PricedModel | undefined, author: PriceAuthor): void {
  if (known === undefined) {
    if (author.source !== 'api') return;
    throw new AppError('invalid_value', { param: 'model', message: `There is no model '${nameOf(provider, model)}'.` });
  }
  const operations = z.array(operation).parse(known.operations);
  if (operations.includes('chat.completions') && price.output === undefined) {
    throw new AppError('invalid_value', {
      param: 'price.output',
      message: 'A model that chats needs a price of output.',
    });
  }
  checkPrice(providerType.parse(known.provider.type), { id: model, operations, price });
}

async function insertPeriods(
  tx: Transaction,
  periods: readonly NewSpan<PriceEntry>[],
  author: PriceAuthor,
): Promise<void> {
  const priced = periods.map(({ id, entry, span }) => {
    const { kind, provider, model, price, note = null } = entry;
    const rates = toRates(price);
    const priceVersion = toPriceVersion(provider, model, rates);
    const row = { id, kind, provider, model, priceVersion, note, effectiveFrom: span.from, effectiveTo: span.to };
    return { version: { version: priceVersion, rates, source: author.source }, row: { ...row, ...author } };
  });
  await tx.modelPrice.createMany({ data: priced.map(({ version }) => version), skipDuplicates: true });
  await tx.pricePeriod.createMany({ data: priced.map(({ row }) => row) });
}
