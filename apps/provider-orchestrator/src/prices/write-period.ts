import { AppError, operation, type PriceEntry, type PriceSource, providerType } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';
import { checkPrice } from '../providers/check-price.ts';
import { toRates } from '../registry/plain-rates.ts';
import { toPriceVersion } from '../registry/price-version.ts';
import { refuseGap, toSpan } from './span.ts';

/** Prices that hold now or will; past ones are kept, and do not count. */
const openPeriodsMax = 20_000;

/** Who sets a price. */
export interface PriceAuthor {
  readonly source: PriceSource;
  /** Of Kubernetes: `<class of the operator>/<namespace>/<name>` of the PriceTable. */
  readonly owner: string | null;
  /** Null if a file or a resource does. */
  readonly reviewerUserId: string | null;
}

/**
 * Adds a price to the book, inside the transaction that publishes it. The one that holds when it begins ends there.
 * @returns Its id.
 * @throws {AppError} `invalid_value` for a price that can never be charged or begins in the past; `conflict` where another
 * price begins within its span, another source set the one that it would end, or that one lasts longer.
 */
export async function addPeriod(tx: Transaction, entry: PriceEntry, author: PriceAuthor): Promise<string> {
  const { kind, provider, model, note = null } = entry;
  const { from, to } = await toSpan(tx, entry);
  await checkEntry(tx, entry, author);
  await makeRoom(tx, { kind, provider, model, from, to }, author);
  const rates = toRates(entry.price);
  const priceVersion = toPriceVersion(provider, model, rates);
  await tx.modelPrice.createMany({
    data: [{ version: priceVersion, rates, source: author.source }],
    skipDuplicates: true,
  });
  const id = createUuidV7();
  const { source, owner, reviewerUserId } = author;
  const fields = { id, kind, provider, model, priceVersion, note, source, owner, reviewerUserId };
  await tx.pricePeriod.create({ data: { ...fields, effectiveFrom: from, effectiveTo: to } });
  return id;
}

/**
 * Ends a price now, or withdraws one that has not begun. Then the declared price holds again.
 * @throws {AppError} `not_found`; `conflict` for one that has ended, or that another source set.
 */
export async function endPeriod(tx: Transaction, id: string, author: Pick<PriceAuthor, 'source'>): Promise<void> {
  const period = await tx.pricePeriod.findUnique({ where: { id } });
  if (period === null) throw new AppError('not_found', { message: 'No price of the book has this id.' });
  if (period.source !== author.source) throw new AppError('conflict', { message: changedElsewhere(period) });
  const ended = await tx.$executeRaw`
    UPDATE price_period SET effective_to = greatest(effective_from, now())
    WHERE id = ${id}::uuid AND (effective_to IS NULL OR effective_to > now()) AND effective_to IS DISTINCT FROM effective_from`;
  if (ended === 0) throw new AppError('conflict', { message: 'This price has ended already.' });
}

/** Whether the model can be charged by it. A file or a resource may come before the provider that it names. */
async function checkEntry(
  tx: Transaction,
  { provider, model, price }: PriceEntry,
  { source }: PriceAuthor,
): Promise<void> {
  const row = await tx.model.findUnique({
    where: { providerName_id: { providerName: provider, id: model } },
    select: { operations: true, provider: { select: { type: true } } },
  });
  if (row === null) {
    if (source !== 'api') return;
    throw new AppError('invalid_value', { param: 'model', message: `There is no model '${provider}/${model}'.` });
  }
  const operations = z.array(operation).parse(row.operations);
  if (operations.includes('chat.completions') && price.output === undefined) {
    throw new AppError('invalid_value', {
      param: 'price.output',
      message: 'A model that chats needs a price of output.',
    });
  }
  checkPrice(providerType.parse(row.provider.type), { id: model, operations, price });
}

interface PriceSpan {
  readonly source: string;
  readonly owner: string | null;
  readonly effectiveFrom: Date;
  readonly effectiveTo: Date | null;
}

interface Wanted {
  kind: string;
  provider: string;
  model: string;
  from: Date;
  to: Date | null;
}

async function makeRoom(
  tx: Transaction,
  { kind, provider, model, from, to }: Wanted,
  author: PriceAuthor,
): Promise<void> {
  if (
    (await tx.pricePeriod.count({ where: { OR: [{ effectiveTo: null }, { effectiveTo: { gt: from } }] } })) >=
    openPeriodsMax
  )
    throw new AppError('conflict', { message: `The book has ${openPeriodsMax} prices, and there cannot be more.` });
  const overlapping = await tx.pricePeriod.findMany({
    where: {
      ...{ kind, provider, model },
      OR: [{ effectiveTo: null }, { effectiveTo: { gt: from } }],
      ...(to !== null && { effectiveFrom: { lt: to } }),
    },
    orderBy: { effectiveFrom: 'asc' },
  });
  for (const period of overlapping) {
    if (period.effectiveTo?.getTime() === period.effectiveFrom.getTime()) continue;
    if (period.source !== author.source || period.owner !== author.owner)
      throw new AppError('conflict', { message: changedElsewhere(period) });
    if (period.effectiveFrom >= from)
      throw new AppError('conflict', {
        param: 'effectiveFrom',
        message: `Another price of this model begins at ${period.effectiveFrom.toISOString()}. End this one there, or withdraw that one.`,
      });
    refuseGap(period, to, 'price');
    await tx.$executeRaw`UPDATE price_period SET effective_to = ${from} WHERE id = ${period.id}::uuid`;
  }
}

function changedElsewhere({ source, owner, effectiveFrom, effectiveTo }: PriceSpan): string {
  const table = owner?.slice(owner.indexOf('/') + 1) ?? '';
  const place =
    { api: 'by the API', file: 'by the price file', kubernetes: `by the PriceTable resource '${table}'` }[source] ??
    source;
  const end = effectiveTo === null ? 'without an end' : `to ${effectiveTo.toISOString()}`;
  return `The price that holds then, from ${effectiveFrom.toISOString()} ${end}, is set ${place}, and is changed there.`;
}
