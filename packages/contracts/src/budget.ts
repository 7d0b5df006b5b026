import { z } from 'zod';
import { nanoUsdString } from './money.ts';

/** Whose spending a budget counts. `end_user`: each end user of a key, or of the organisation, by itself. */
export const budgetLevel = z.enum(['organization', 'team', 'user', 'key', 'end_user']);
export type BudgetLevel = z.infer<typeof budgetLevel>;

export const budgetPeriod = z.enum(['day', 'week', 'month', 'total']);
export type BudgetPeriod = z.infer<typeof budgetPeriod>;

/** `hard` rejects a request that may spend beyond the budget; `warn` counts and alerts. */
export const budgetMode = z.enum(['hard', 'warn']);

/** Name of the IANA database. */
export const timeZone = z.string().min(1).max(64).refine(isTimeZone, 'a time zone as Europe/Berlin');

/** The counter store computes in doubles: below 2⁵³ nano-USD, $9,007,199. */
export const budgetAmount = nanoUsdString.refine(
  (text) => BigInt(text) > 0n && BigInt(text) < 2n ** 53n,
  'more than zero and below 9007199254740992 nano-USD',
);

/** Few: the gateway sends them with each request. */
export const budgetModels = z.array(z.string().min(1).max(256)).min(1).max(20);

/** A budget that counts the requests of a principal. */
export const principalBudget = z.strictObject({
  id: z.uuid(),
  name: z.string().max(100),
  level: budgetLevel,
  period: budgetPeriod,
  timeZone: z.string().max(64),
  limitNanoUsd: nanoUsdString,
  mode: budgetMode,
  /** Models whose requests it counts; absent: all. */
  models: z.array(z.string().max(256)).max(100).optional(),
});
export type PrincipalBudget = z.infer<typeof principalBudget>;

/** Budgets that count one request, at most: what one step of the counter store takes. */
export const budgetsPerRequestMax = 32;

/** Names the turn of a budget that a request counts in, and the end user if it is counted by itself. */
export const budgetPeriodKey = z.string().min(1).max(100);

/**
 * In a settlement: a budget that counts the request. `isHeld`: its cost was held from the budget's room at the counter
 * store.
 */
export const countedBudget = z.strictObject({ id: z.uuid(), period: budgetPeriodKey, isHeld: z.boolean() });
export type CountedBudget = z.infer<typeof countedBudget>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
