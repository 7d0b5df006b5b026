import type { PrincipalLimits } from '@aggregator/contracts';
import type { AuthConfig } from '../config.ts';

/** The operator's limits. No tenant can raise one of them; null means none. */
export interface InstallationLimits {
  /** Of a key without own limits, and of a user who comes with an access token. */
  readonly defaults: PrincipalLimits;
  /** Most that one key or one user can have. */
  readonly keyCeilings: PrincipalLimits;
  /** Most that one organisation can have, over all its keys and users together. */
  readonly organizationCeilings: PrincipalLimits;
}

/** Widest values that the contracts allow. */
const most = { requestsPerMinute: 1_000_000, tokensPerMinute: 1_000_000_000, concurrentRequests: 100_000 };
/** Keys' worth of a limit that one organisation has if the operator sets no ceiling for organisations. */
const keysPerOrganization = { requestsPerMinute: 100, tokensPerMinute: 100, concurrentRequests: 10 };

/** A ceiling that is not set follows from the default: a tenant can then only lower its limits. */
export function toInstallationLimits(config: AuthConfig): InstallationLimits {
  const defaults = {
    requestsPerMinute: config.defaultRequestsPerMinute,
    tokensPerMinute: config.defaultTokensPerMinute,
    concurrentRequests: config.defaultConcurrentRequests,
  };
  const keyCeilings = {
    requestsPerMinute: orElse(config.keyRequestsPerMinuteMax, defaults.requestsPerMinute),
    tokensPerMinute: orElse(config.keyTokensPerMinuteMax, defaults.tokensPerMinute),
    concurrentRequests: orElse(config.keyConcurrentRequestsMax, defaults.concurrentRequests),
  };
  const forAll = (field: keyof PrincipalLimits) => {
    const ofOne = keyCeilings[field];
    return ofOne === null ? null : Math.min(ofOne * keysPerOrganization[field], most[field]);
  };
  return {
    defaults,
    keyCeilings,
    organizationCeilings: {
      requestsPerMinute: orElse(config.organizationRequestsPerMinuteMax, forAll('requestsPerMinute')),
      tokensPerMinute: orElse(config.organizationTokensPerMinuteMax, forAll('tokensPerMinute')),
      concurrentRequests: orElse(config.organizationConcurrentRequestsMax, forAll('concurrentRequests')),
    },
  };
}

/** Null is a choice of the operator: no limit. */
function orElse(chosen: number | null | undefined, otherwise: number | null): number | null {
  return chosen === undefined ? otherwise : chosen;
}
