import type { Operation, Principal } from '@aggregator/contracts';
import { AppError } from '@aggregator/contracts';
import { type Candidate, planRoute } from '@aggregator/routing';
import type { ProxyContext } from '../context.ts';

/** Who serves a model for this caller. Throws `model_not_found`, `model_not_allowed`, `model_not_priced`. */
export function planCandidate(
  { routing }: Pick<ProxyContext, 'routing'>,
  { models }: Principal,
  model: string,
  operation: Operation,
): Candidate {
  const plan = planRoute(routing.require(), { model, operation, principalModels: models }, Math.random);
  const [first] = plan.candidates;
  if (first === undefined) throw new AppError('model_not_found', { param: 'model' });
  return first;
}
