import type { PrincipalBudget, PrincipalLimit } from '@aggregator/contracts';

interface Counted {
  budgets: PrincipalBudget[] | null;
  levelLimits: PrincipalLimit[] | null;
}

/** Part of a verdict about budgets and limits. A caller with more of them than can be counted calls no models. */
export function withCounted<Scopes extends string>(
  scopes: readonly Scopes[],
  { budgets, levelLimits }: Counted,
): { scopes: Scopes[]; budgets?: PrincipalBudget[]; levelLimits?: PrincipalLimit[] } {
  if (budgets === null || levelLimits === null) return { scopes: scopes.filter((scope) => scope !== 'ai:invoke') };
  return {
    scopes: [...scopes],
    ...(budgets.length > 0 && { budgets }),
    ...(levelLimits.length > 0 && { levelLimits }),
  };
}
