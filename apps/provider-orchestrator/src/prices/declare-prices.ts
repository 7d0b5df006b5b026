import { AppError, type PriceEntry, type PriceKind } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import { toRates } from '../registry/plain-rates.ts';
import { toPriceVersion } from '../registry/price-version.ts';
import { layOutSpans } from './lay-out-spans.ts';
import { addPeriod, type PriceAuthor } from './write-period.ts';

/** A price that was left out, and why. */
export interface RefusedPrice {
  readonly name: string;
  readonly kind: PriceKind;
  readonly code: string;
  readonly reason: string;
}

/** What a declaration changed. */
export interface DeclaredPrices {
  readonly refused: RefusedPrice[];
  readonly added: number;
  readonly ended: number;
}

export const fileAuthor: PriceAuthor = { source: 'file', owner: null, reviewerUserId: null };

/**
 * Makes these entries all that a file or a resource says of now and later, inside the transaction that publishes it. What it said
 * before and does not say any more ends now; what it says again stays as it is. A beginning that is past means at once.
 * An entry that cannot be taken is left out and costs the others nothing.
 */
export async function declarePrices(
  tx: Transaction,
  entries: readonly PriceEntry[],
  author: PriceAuthor,
): Promise<DeclaredPrices> {
  const now = new Date();
  const open = await tx.pricePeriod.findMany({
    where: { source: author.source, owner: author.owner, OR: [{ effectiveTo: null }, { effectiveTo: { gt: now } }] },
  });
  const left = new Map(open.map((period) => [period.id, period]));
  const missing: PriceEntry[] = [];
  for (const entry of layOutSpans(entries, now.getTime())) {
    const { kind, provider, model, effectiveFrom, effectiveTo = null } = entry;
    if (effectiveTo !== null && Date.parse(effectiveTo) <= now.getTime()) continue;
    const isFuture = effectiveFrom !== undefined && Date.parse(effectiveFrom) > now.getTime();
    const version = toPriceVersion(provider, model, toRates(entry.price));
    const same = [...left.values()].find(
      (period) =>
        period.kind === kind &&
        period.provider === provider &&
        period.model === model &&
        period.priceVersion === version &&
        (isFuture ? period.effectiveFrom.getTime() === Date.parse(effectiveFrom) : period.effectiveFrom <= now) &&
        (period.effectiveTo?.getTime() ?? null) === (effectiveTo === null ? null : Date.parse(effectiveTo)),
    );
    if (same === undefined) missing.push(isFuture ? entry : { ...entry, effectiveFrom: undefined });
    else left.delete(same.id);
  }
  const ended = await tx.$executeRaw`
    UPDATE price_period SET effective_to = greatest(effective_from, now())
    WHERE id = ANY (${[...left.keys()]}::uuid[]) AND effective_to IS DISTINCT FROM effective_from`;
  const refused: RefusedPrice[] = [];
  for (const entry of missing) {
    try {
      await addPeriod(tx, entry, author);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      const { provider, model, kind } = entry;
      refused.push({ name: `${provider}/${model}`, kind, code: error.code, reason: error.publicMessage });
    }
  }
  return { refused, added: missing.length - refused.length, ended };
}
