import { createHash } from 'node:crypto';

const keyLength = 22;

/**
 * Returns the name under which an end user is counted in a budget. The id itself, which may be an address, is kept
 * nowhere; the same id has another name in another budget.
 */
export function endUserKey(budgetId: string, endUser: string): string {
  return createHash('sha256').update(`${budgetId}\n${endUser}`).digest('base64url').slice(0, keyLength);
}

/** Returns the name of a period in which an end user is counted alone. */
export function endUserPeriod(periodKey: string, budgetId: string, endUser: string): string {
  return `${periodKey}/${endUserKey(budgetId, endUser)}`;
}
