import { type PriceRow, type PriceRuleRow, priceRow, priceRuleRow, rates } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import type { Prisma } from '../generated/prisma/client.ts';
import { fromRates } from '../registry/plain-rates.ts';

interface Page {
  cursor: string | undefined;
  limit: number;
}

/** Of the book, the newest first, from behind the cursor. */
export async function readPriceRows(
  tx: Transaction,
  { cursor, limit }: Page,
  { provider, model }: { provider?: string | undefined; model?: string | undefined },
): Promise<PriceRow[]> {
  const rows = await tx.pricePeriod.findMany({
    where: {
      ...(cursor !== undefined && { id: { lt: cursor } }),
      ...(provider !== undefined && { provider }),
      ...(model !== undefined && { model }),
    },
    ...{ orderBy: { id: 'desc' }, take: limit, include: { price: true } },
  });
  return rows.map(toPriceRow);
}

export async function readPriceRow(tx: Transaction, id: string): Promise<PriceRow> {
  return toPriceRow(await tx.pricePeriod.findUniqueOrThrow({ where: { id }, include: { price: true } }));
}

export async function readRuleRows(
  tx: Transaction,
  { cursor, limit }: Page,
  organizationId: string | undefined,
): Promise<PriceRuleRow[]> {
  const rows = await tx.priceRule.findMany({
    where: {
      ...(cursor !== undefined && { id: { lt: cursor } }),
      ...(organizationId !== undefined && { organizationId }),
    },
    ...{ orderBy: { id: 'desc' }, take: limit },
  });
  return rows.map(toRuleRow);
}

export async function readRuleRow(tx: Transaction, id: string): Promise<PriceRuleRow> {
  return toRuleRow(await tx.priceRule.findUniqueOrThrow({ where: { id } }));
}

function toPriceRow(row: Prisma.PricePeriodGetPayload<{ include: { price: true } }>): PriceRow {
  const { kind, provider, model, priceVersion: version, source } = row;
  const parsed = rates.safeParse(row.price.rates);
  const price = parsed.success ? fromRates(parsed.data) : undefined;
  return priceRow.parse({ ...toShown(row), kind, provider, model, version, source, ...(price && { price }) });
}

function toRuleRow(row: Prisma.PriceRuleGetPayload<object>): PriceRuleRow {
  const { organizationId, models, multiplierPpm, source } = row;
  return priceRuleRow.parse({ ...toShown(row), organizationId, models, multiplierPpm, source });
}

function toShown(
  row: Pick<
    Prisma.PriceRuleGetPayload<object>,
    'id' | 'effectiveFrom' | 'effectiveTo' | 'note' | 'reviewerUserId' | 'createdAt'
  >,
) {
  const { id, effectiveFrom, effectiveTo, note, reviewerUserId, createdAt } = row;
  return {
    ...{ id, note, reviewerUserId },
    effectiveFrom: effectiveFrom.toISOString(),
    effectiveTo: effectiveTo?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
