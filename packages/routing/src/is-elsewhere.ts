import type { Target } from './route-port.ts';

/**
 * True if `other` may answer when `target` is slow: another model, or the same model at another address. A second key
 * of one provider reaches the same servers, so that a slow answer is not faster there, and the provider would bill it
 * twice.
 */
export function isElsewhere(other: Target, target: Target): boolean {
  return (
    other.candidate.provider.baseUrl !== target.candidate.provider.baseUrl ||
    other.candidate.model.id !== target.candidate.model.id
  );
}
