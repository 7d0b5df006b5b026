import type { BudgetLimit } from '@aggregator/admission';
import { endUserPeriod, nameSubject, windowAt } from '@aggregator/budgets';
import type { CountedBudget, Principal, PrincipalBudget } from '@aggregator/contracts';

/** A budget in the period that a request counts in. */
export interface RequestBudget extends BudgetLimit {
  readonly budget: PrincipalBudget;
  readonly period: string;
  /** Unix milliseconds; null if the period never ends. */
  readonly endsMs: number | null;
}

/** Budgets that count a request. */
export interface RequestBudgets {
  /** Those that can reject it. */
  readonly hard: readonly RequestBudget[];
  /** All of them, as its settlement names them. */
  readonly counted: readonly CountedBudget[];
}

/** What stays the same for the requests of a caller until one of the periods ends. */
interface CallerBudgets {
  readonly untilMs: number;
  readonly all: readonly RequestBudget[];
  /** Of a caller without budgets for single models or end users. */
  readonly same: RequestBudgets | null;
}

const noBudgets: RequestBudgets = { hard: [], counted: [] };

const known = new WeakMap<Principal, CallerBudgets>();

/**
 * Returns the budgets that count a request of now. One for certain models counts the request if one of them may answer it.
 * One for end users counts each of them alone, and no request that names none.
 * @param models names of the models that may answer.
 */
export function budgetsOf(
  { principal, endUser }: { principal: Principal; endUser?: string },
  models: () => readonly string[],
  nowMs: number,
): RequestBudgets {
  if (principal.budgets === undefined || principal.budgets.length === 0) return noBudgets;
  let caller = known.get(principal);
  if (caller === undefined || nowMs >= caller.untilMs) {
    caller = readBudgets(principal.budgets, nowMs);
    known.set(principal, caller);
  }
  if (caller.same !== null) return caller.same;
  const names = new Set(models());
  const counting = caller.all.filter(({ budget }) => budget.models?.some((name) => names.has(name)) ?? true);
  return split(counting.flatMap((one) => nameEndUser(one, endUser)));
}

/** The counter of one end user; none if the request names no user. */
function nameEndUser(one: RequestBudget, endUser: string | undefined): readonly RequestBudget[] {
  if (one.budget.level !== 'end_user') return [one];
  if (endUser === undefined) return [];
  const period = endUserPeriod(one.period, one.budget.id, endUser);
  return [{ ...one, period, subject: nameSubject({ budgetId: one.budget.id, period }) }];
}

export function isRequestBudget(limit: BudgetLimit): limit is RequestBudget {
  return 'budget' in limit;
}

function readBudgets(budgets: readonly PrincipalBudget[], nowMs: number): CallerBudgets {
  const all = budgets.map((budget): RequestBudget => {
    const { key, endsMs } = windowAt(budget.period, budget.timeZone, nowMs);
    return {
      budget,
      subject: nameSubject({ budgetId: budget.id, period: key }),
      period: key,
      limitNanoUsd: BigInt(budget.limitNanoUsd),
      endsMs,
    };
  });
  const untilMs = Math.min(...all.map(({ endsMs }) => endsMs ?? Number.POSITIVE_INFINITY));
  const isSame = budgets.every(({ models, level }) => models === undefined && level !== 'end_user');
  return { untilMs, all, same: isSame ? split(all) : null };
}

function split(all: readonly RequestBudget[]): RequestBudgets {
  return {
    hard: all.filter(({ budget }) => budget.mode === 'hard'),
    counted: all.map(({ budget, period }) => ({ id: budget.id, period, isHeld: budget.mode === 'hard' })),
  };
}
