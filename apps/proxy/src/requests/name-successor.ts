import { AppError } from '@aggregator/contracts';
import { findRetirement } from '@aggregator/providers';
import type { SnapshotIndex } from '@aggregator/routing';

/**
 * Returns the failure to plan a request, with the date and the successor if the model that it asks for is retired and no
 * provider offers it.
 * @param name As the client wrote it: bare, or behind the name of a provider.
 * @param nowMs Unix milliseconds.
 */
export function nameSuccessor(
  failure: unknown,
  name: string,
  { byName, snapshot }: Pick<SnapshotIndex, 'byName' | 'snapshot'>,
  nowMs: number,
): unknown {
  if (!(failure instanceof AppError) || failure.code !== 'model_not_found' || byName.has(name)) return failure;
  const slash = name.indexOf('/');
  const provider = snapshot.providers.find((one) => one.name === name.slice(0, slash));
  if (slash !== -1 && provider === undefined) return failure;
  const retirement = findRetirement(provider?.type ?? null, name.slice(slash + 1), nowMs);
  if (retirement === null) return failure;
  const { model, retiredOn, successor } = retirement;
  const advice = successor === null ? 'GET /v1/models lists the models.' : `Use ${successor} instead.`;
  return new AppError('model_not_found', {
    param: 'model',
    message: `The model ${model} was retired by its vendor on ${retiredOn}. ${advice}`,
  });
}
