import type { Target } from './route-port.ts';

/**
 * What is left to try after `failed` said that the request is longer than its context window: the largest window first,
 * else in their order. The same model with another key has the same window, so it is left out.
 *
 * @param targets What would come after it.
 */
export function widerFirst(targets: readonly Target[], failed: Target): readonly Target[] {
  const { provider, model } = failed.candidate;
  return targets
    .filter(({ candidate }) => candidate.provider.name !== provider.name || candidate.model.id !== model.id)
    .sort((one, next) => next.candidate.model.contextLength - one.candidate.model.contextLength);
}
