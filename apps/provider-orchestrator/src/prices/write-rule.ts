import type { CreatePriceRuleRequest } from '@aggregator/contracts';
import type { Transaction } from '../database/create-database.ts';
import { type AddedSpans, addSpans, type NewSpan, onlyOf } from './add-spans.ts';
import { endOfApi } from './end-spans.ts';
import type { PriceAuthor } from './make-room.ts';
import { openAt } from './write-period.ts';

/** As many as a snapshot holds. */
const openRulesMax = 10_000;

interface RuleSubject {
  readonly organizationId: string | null;
  readonly models: string;
}

/** Two rules with the same key cannot hold at the same instant. The database has ids in small letters. */
export const keyOfRule = ({ organizationId, models }: RuleSubject): string =>
  JSON.stringify([organizationId?.toLowerCase() ?? null, models]);

/**
 * Adds a markup or a discount, inside the transaction that publishes it. The rule of the same organisation and pattern that
 * holds when it begins ends there.
 * @returns Its id.
 * @throws {AppError} `invalid_value` for one that begins in the past; `conflict` where another one begins within its span, another
 * source set the one that it would end, or that one lasts longer.
 */
export async function addRule(tx: Transaction, request: CreatePriceRuleRequest, author: PriceAuthor): Promise<string> {
  return onlyOf(await addRules(tx, [request], author));
}

/** Adds rules that do not overlap, as `addSpans` does. */
export function addRules(
  tx: Transaction,
  entries: readonly CreatePriceRuleRequest[],
  author: PriceAuthor,
): Promise<AddedSpans<CreatePriceRuleRequest>> {
  return addSpans<RuleSubject, CreatePriceRuleRequest>(tx, entries, {
    ...{ part: 'rule', author, openMax: openRulesMax, keyOf: keyOfRule },
    countOpen: (present) => tx.priceRule.count({ where: openAt(present) }),
    readStanding: (portion, present) =>
      tx.priceRule.findMany({
        where: { models: { in: [...new Set(portion.map(({ models }) => models))] }, ...openAt(present) },
        orderBy: { effectiveFrom: 'asc' },
      }),
    insert: (rows) => tx.priceRule.createMany({ data: rows.map((row) => toRow(row, author)) }),
  });
}

/**
 * Ends a rule of the API now, or withdraws one that has not begun.
 * @throws {AppError} `not_found`; `conflict` for one that has ended, or that a file or a resource set.
 */
export async function endRule(tx: Transaction, id: string): Promise<void> {
  await endOfApi(tx, 'rule', await tx.priceRule.findUnique({ where: { id } }));
}

function toRow({ id, entry, span }: NewSpan<CreatePriceRuleRequest>, author: PriceAuthor) {
  const { organizationId, models, multiplierPpm, note = null } = entry;
  return { id, organizationId, models, multiplierPpm, note, effectiveFrom: span.from, effectiveTo: span.to, ...author };
}
