import { ProviderFailure } from '@aggregator/providers';

/** Returns the failure of a body that cannot be read, and would not be the next time: the target is not asked again. */
export function toUnreadable(internal: string): ProviderFailure {
  return new ProviderFailure({
    ...{ code: 'upstream_invalid_response', isRetryable: false, mayFailOver: true, retryAfterMs: null },
    ...{ internal, publicMessage: null, param: null },
  });
}
