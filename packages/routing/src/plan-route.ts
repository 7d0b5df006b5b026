import { AppError, type Operation } from '@aggregator/contracts';
import type { Candidate, CandidateGroup, SnapshotIndex } from './snapshot-index.ts';

export interface RouteRequest {
  /** As the client said it: `<provider>/<model>`, a bare model name, or a route. */
  model: string;
  operation: Operation;
  /** What the key may use: names as above, a candidate's bare or full name; null means all. */
  principalModels: readonly string[] | null;
}

export interface RoutePlan {
  /** In the order to try; at least one. */
  readonly candidates: readonly Candidate[];
}

/**
 * The candidates for a request. Priorities first, lowest number first; equal ones by chance in proportion to their weight,
 * where weight 0 comes last. Without an allocation per candidate unless there are weights to draw or a key to heed.
 *
 * @param random Answers a number in [0, 1); one for each weighted candidate.
 * @throws {AppError} `model_not_found` (also where the model exists but not for this operation), `model_not_allowed`,
 * `model_not_priced`.
 */
export function planRoute(index: SnapshotIndex, request: RouteRequest, random: () => number): RoutePlan {
  const named = index.byName.get(request.model);
  if (named === undefined || named.operations.length === 0) throw new AppError('model_not_found', { param: 'model' });
  if (!named.operations.includes(request.operation)) throw wrongOperation(request, named.operations);
  const groups = named.groups.get(request.operation);
  if (groups === undefined) throw new AppError('model_not_priced', { param: 'model' });
  const candidates = toOrder(groups, random);
  const { principalModels } = request;
  if (principalModels === null || principalModels.includes(request.model)) return { candidates };
  const allowed = candidates.filter((candidate) => isAllowed(candidate, principalModels));
  if (allowed.length === 0) throw new AppError('model_not_allowed', { param: 'model' });
  return { candidates: allowed };
}

function toOrder(groups: readonly CandidateGroup[], random: () => number): readonly Candidate[] {
  const [first] = groups;
  if (first !== undefined && groups.length === 1 && first.weights === null) return first.candidates;
  return groups.flatMap(({ candidates, weights }) =>
    weights === null ? candidates : draw(candidates, weights, random),
  );
}

/**
 * One weighted order without replacement: each candidate draws −ln(u) / weight and the smallest goes first, so the first
 * place falls to each in proportion to its weight, and so on among those left (Efraimidis and Spirakis, 2006).
 */
function draw(candidates: readonly Candidate[], weights: readonly number[], random: () => number): Candidate[] {
  return candidates
    .map((candidate, position) => {
      const weight = weights[position] ?? 0;
      return { candidate, time: weight === 0 ? Number.POSITIVE_INFINITY : -Math.log(1 - random()) / weight };
    })
    .sort((one, other) => (one.time === other.time ? 0 : one.time - other.time))
    .map(({ candidate }) => candidate);
}

function isAllowed({ provider, model }: Candidate, principalModels: readonly string[]): boolean {
  return principalModels.includes(model.id) || principalModels.includes(`${provider.name}/${model.id}`);
}

function wrongOperation({ operation }: RouteRequest, operations: readonly Operation[]): AppError {
  return new AppError('model_not_found', {
    param: 'model',
    message: `This model does not serve ${operation}, only ${operations.join(', ')}. GET /v1/models lists the models.`,
  });
}
