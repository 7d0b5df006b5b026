import type { CreatePriceRuleRequest } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import { type DeclaredSpans, declareSpans } from './declare-spans.ts';
import type { PriceAuthor } from './make-room.ts';
import { openAt } from './write-period.ts';
import { addRules, keyOfRule } from './write-rule.ts';

/** Makes these markups and discounts all that a file or a resource says of now and later, as `declareSpans` does. */
export async function declareRules(
  tx: Transaction,
  entries: readonly CreatePriceRuleRequest[],
  author: PriceAuthor,
): Promise<DeclaredSpans> {
  const now = new Date();
  const { source, owner } = author;
  return declareSpans(tx, entries, now, {
    part: 'rule',
    open: await tx.priceRule.findMany({ where: { source, owner, ...openAt(now) } }),
    keyOf: keyOfRule,
    isSame: ({ multiplierPpm }, rule) => rule.multiplierPpm === multiplierPpm,
    add: (missing) => addRules(tx, missing, author),
    describe: ({ organizationId, models }) =>
      organizationId === null ? `${models} (rule)` : `${models} of ${organizationId} (rule)`,
  });
}
