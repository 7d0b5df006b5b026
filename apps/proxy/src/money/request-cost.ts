import { AppError, type SnapshotModel } from '@aggregator/contracts';
import { formatUsd, priceWorstCase } from '@aggregator/pricing';
import type { Candidate, RoutePlan } from '@aggregator/routing';
import type { RequestBounds } from './request-bounds.ts';

/** Returns the most that a request within these bounds can cost at a target. Nano-USD. */
export function priceAt({ price }: Pick<Candidate, 'price'>, bounds: RequestBounds): bigint {
  return priceWorstCase(bounds, price.rates);
}

/**
 * Returns the highest worst case of the targets, because we do not know yet which one will serve. A target above `maxNanoUsd`
 * does not count while another is within it: its attempt is refused if its turn comes.
 * @throws {AppError} `request_cost_too_high` if every target is above `maxNanoUsd`; `model_not_priced`.
 */
export function dearestWithin(
  { targets }: Pick<RoutePlan, 'targets'>,
  boundsAt: (model: SnapshotModel) => RequestBounds,
  maxNanoUsd: bigint,
): bigint {
  let dearest: bigint | null = null;
  let least: bigint | null = null;
  for (const { candidate } of targets) {
    const cost = priceAt(candidate, boundsAt(candidate.model));
    if (cost <= maxNanoUsd && (dearest === null || cost > dearest)) dearest = cost;
    if (least === null || cost < least) least = cost;
  }
  if (dearest === null) checkCost(least ?? 0n, maxNanoUsd);
  return dearest ?? 0n;
}

/** @throws {AppError} `request_cost_too_high` */
export function checkCost(costNanoUsd: bigint, maxNanoUsd: bigint): void {
  if (costNanoUsd <= maxNanoUsd) return;
  const most = `the limit for one request is $${formatUsd(maxNanoUsd)}`;
  const message = `This request may cost $${formatUsd(costNanoUsd)}; ${most}. Lower max_tokens or n, or send less.`;
  throw new AppError('request_cost_too_high', { message });
}

/** Returns a refusal for its cost with the advice that helps a caller who set no limit; any other error as it is. */
export function withAdvice(error: unknown, { isOutputOpen, outputTokensMax }: RequestBounds, costNanoUsd: bigint) {
  const isOfCost = error instanceof AppError && error.code === 'insufficient_quota';
  if (!isOfCost || isOutputOpen !== true) return error;
  const open = `it sets no max_tokens, so its answer may have ${outputTokensMax} tokens`;
  const message = `The balance does not cover what this request may cost, $${formatUsd(costNanoUsd)}: ${open}. Set max_tokens, or top up.`;
  return new AppError(error.code, { message, param: 'max_tokens', cause: error });
}
