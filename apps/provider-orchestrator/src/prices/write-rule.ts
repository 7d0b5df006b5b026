import { AppError, type CreatePriceRuleRequest } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { Transaction } from '../database/create-database.ts';
import { refuseGap, toSpan } from './span.ts';

/** As many as a snapshot holds. */
const openRulesMax = 10_000;

/**
 * Adds a markup or a discount, inside the transaction that publishes it. The rule of the same organisation and pattern that
 * holds when it begins ends there.
 * @returns Its id.
 * @throws {AppError} `invalid_value` for one that begins in the past; `conflict` where another one begins within its span, or one lasts longer.
 */
export async function addRule(
  tx: Transaction,
  request: CreatePriceRuleRequest,
  reviewerUserId: string,
): Promise<string> {
  const { organizationId, models, multiplierPpm, note = null } = request;
  const { from, to } = await toSpan(tx, request);
  const open = { OR: [{ effectiveTo: null }, { effectiveTo: { gt: from } }] };
  if ((await tx.priceRule.count({ where: open })) >= openRulesMax) {
    throw new AppError('conflict', { message: `There are ${openRulesMax} rules, and there cannot be more.` });
  }
  const overlapping = await tx.priceRule.findMany({
    where: { organizationId, models, ...open, ...(to !== null && { effectiveFrom: { lt: to } }) },
  });
  for (const rule of overlapping) {
    if (rule.effectiveTo?.getTime() === rule.effectiveFrom.getTime()) continue;
    if (rule.effectiveFrom >= from) {
      throw new AppError('conflict', {
        param: 'effectiveFrom',
        message: `Another rule begins at ${rule.effectiveFrom.toISOString()}. End this one there, or withdraw that one.`,
      });
    }
    refuseGap(rule, to, 'rule');
    await tx.$executeRaw`UPDATE price_rule SET effective_to = ${from} WHERE id = ${rule.id}::uuid`;
  }
  const id = createUuidV7();
  const fields = { id, organizationId, models, multiplierPpm, note, reviewerUserId };
  await tx.priceRule.create({ data: { ...fields, effectiveFrom: from, effectiveTo: to } });
  return id;
}

/** Ends a rule now, or withdraws one that has not begun. @throws {AppError} `not_found`; `conflict` for one that has ended. */
export async function endRule(tx: Transaction, id: string): Promise<void> {
  const ended = await tx.$executeRaw`
    UPDATE price_rule SET effective_to = greatest(effective_from, now())
    WHERE id = ${id}::uuid AND (effective_to IS NULL OR effective_to > now()) AND effective_to IS DISTINCT FROM effective_from`;
  if (ended > 0) return;
  const known = await tx.priceRule.count({ where: { id } });
  if (known === 0) throw new AppError('not_found', { message: 'No price rule has this id.' });
  throw new AppError('conflict', { message: 'This rule has ended already.' });
}
