import type { PriceEntry } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import { toRates } from '../registry/plain-rates.ts';
import { toPriceVersion } from '../registry/price-version.ts';
import { type DeclaredSpans, declareSpans } from './declare-spans.ts';
import type { PriceAuthor } from './make-room.ts';
import { addPeriods, keyOfPrice, openAt } from './write-period.ts';

export const fileAuthor: PriceAuthor = { source: 'file', owner: null, reviewerUserId: null };

/** Makes these prices all that a file or a resource says of now and later, as `declareSpans` does. */
export async function declarePrices(
  tx: Transaction,
  entries: readonly PriceEntry[],
  author: PriceAuthor,
): Promise<DeclaredSpans> {
  const now = new Date();
  const { source, owner } = author;
  return declareSpans(tx, entries, now, {
    part: 'price',
    open: await tx.pricePeriod.findMany({ where: { source, owner, ...openAt(now) } }),
    keyOf: keyOfPrice,
    isSame: ({ provider, model, price }, period) =>
      period.priceVersion === toPriceVersion(provider, model, toRates(price)),
    add: (missing) => addPeriods(tx, missing, author),
    describe: ({ provider, model, kind }) => `${provider}/${model} (${kind})`,
  });
}
