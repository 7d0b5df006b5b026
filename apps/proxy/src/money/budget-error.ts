import { AppError, type AppErrorOptions, type BudgetLevel } from '@aggregator/contracts';
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

/** A refusal that reports the budget to its caller in the headers, too. */
export class BudgetExceeded extends AppError {
  readonly headers: Readonly<Record<string, string>>;

  constructor(options: AppErrorOptions, headers: Readonly<Record<string, string>>) {
    super('budget_exceeded', options);
    this.headers = headers;
  }
}

/** Open requests end soon: what they do not spend can be used again. */
const heldRetryMs = 1000;

/** Returns the refusal of a request that a budget does not cover: which, how far it is used, when it turns, who can raise it. */
export function toBudgetError(
  { budget, limitNanoUsd, endsMs }: RequestBudget,
  { spentNanoUsd, usedNanoUsd }: BudgetUse,
  neededNanoUsd: bigint,
  nowMs: number,
): BudgetExceeded {
  const heldNanoUsd = usedNanoUsd > spentNanoUsd ? usedNanoUsd - spentNanoUsd : 0n;
  const held = heldNanoUsd > 0n ? ` and $${formatUsd(heldNanoUsd)} held` : '';
  const turn = endsMs === null ? '' : ` It begins again at ${new Date(endsMs).toISOString()}.`;
  const isHeldByOthers = spentNanoUsd + neededNanoUsd <= limitNanoUsd;
  const retryAfterMs = isHeldByOthers ? heldRetryMs : endsMs === null ? null : Math.max(1000, endsMs - nowMs);
  const options = {
    message:
      `The budget "${budget.name}" of ${owners[budget.level]} does not cover this request, which may cost ` +
      `$${formatUsd(neededNanoUsd)}: $${formatUsd(spentNanoUsd)} of $${formatUsd(limitNanoUsd)} spent${held}.${turn} ` +
      'An owner, an admin or a billing member of the organisation can raise it.',
    param: budget.id,
    ...(retryAfterMs !== null && { retryAfterMs }),
  };
  const leftNanoUsd = limitNanoUsd > usedNanoUsd ? limitNanoUsd - usedNanoUsd : 0n;
  return new BudgetExceeded(options, toHeaders({ budget, limitNanoUsd, endsMs }, leftNanoUsd, nowMs));
}

/**
 * As the IETF draft reports a quota (https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/, read 2026-11): `q`
 * and `r` in nano-USD, `t` in seconds until the period ends.
 */
function toHeaders(
  { budget, limitNanoUsd, endsMs }: Pick<RequestBudget, 'budget' | 'limitNanoUsd' | 'endsMs'>,
  leftNanoUsd: bigint,
  nowMs: number,
): Record<string, string> {
  const name = `budget-${budget.level}`;
  const turn = endsMs === null ? '' : `;t=${Math.max(0, Math.ceil((endsMs - nowMs) / 1000))}`;
  return {
    ratelimit: `"${name}";r=${leftNanoUsd}${turn}`,
    'ratelimit-policy': `"${name}";q=${limitNanoUsd};qu="nano-usd"`,
    'x-ratelimit-limit-budget': String(limitNanoUsd),
    'x-ratelimit-remaining-budget': String(leftNanoUsd),
  };
}
