import { AppError, type BudgetLevel } from '@aggregator/contracts';
import { formatUsd } from '@aggregator/pricing';
import type { RequestBudget } from './request-budgets.ts';

/** What a budget has given out already, in nano-USD. */
export interface BudgetUse {
  spentNanoUsd: bigint;
  /** Spent, held, and what open requests may still spend. */
  usedNanoUsd: bigint;
}

const owners: Readonly<Record<BudgetLevel, string>> = {
  organization: 'the organisation',
  team: 'the team',
  user: 'the user',
  key: 'the API key',
  end_user: 'the end user',
};

/** Open requests end soon: what they do not spend can be used again. */
const heldRetryMs = 1000;

/** Returns the refusal of a request that a budget does not cover: which, how far it is used, when it turns, who can raise it. */
export function toBudgetError(
  { budget, limitNanoUsd, endsMs }: RequestBudget,
  { spentNanoUsd, usedNanoUsd }: BudgetUse,
  neededNanoUsd: bigint,
  nowMs: number,
): AppError {
  const heldNanoUsd = usedNanoUsd > spentNanoUsd ? usedNanoUsd - spentNanoUsd : 0n;
  const held = heldNanoUsd > 0n ? ` and $${formatUsd(heldNanoUsd)} held for other requests` : '';
  const turn = endsMs === null ? '' : ` It begins anew at ${new Date(endsMs).toISOString()}.`;
  const isHeldByOthers = spentNanoUsd + neededNanoUsd <= limitNanoUsd;
  const retryAfterMs = isHeldByOthers ? heldRetryMs : endsMs === null ? null : Math.max(1000, endsMs - nowMs);
  return new AppError('budget_exceeded', {
    message:
      `The budget "${budget.name}" of ${owners[budget.level]} does not cover this request, which may cost ` +
      `$${formatUsd(neededNanoUsd)}: $${formatUsd(spentNanoUsd)} of $${formatUsd(limitNanoUsd)} spent${held}.${turn} ` +
      'An owner, an admin or a billing member of the organisation can raise it.',
    param: budget.id,
    ...(retryAfterMs !== null && { retryAfterMs }),
  });
}
