import { AppError, type OrganizationCeilings, organizationCeilings, type PrincipalLimits } from '@aggregator/contracts';
import type { InstallationLimits } from './installation-limits.ts';

const fields = ['requestsPerMinute', 'tokensPerMinute', 'concurrentRequests'] as const;
const stored = organizationCeilings.nullable();

/** Most that one organisation, and one key or user of it, can have; null in a field means no ceiling. */
export interface Ceilings {
  readonly key: PrincipalLimits;
  readonly organization: PrincipalLimits;
}

/** Returns the operator's ceilings in a column of JSON. Throws if the column holds anything else. */
export function readStoredCeilings(column: unknown): OrganizationCeilings | null {
  return stored.parse(column);
}

/** Returns the ceilings of an organisation: the operator's for it, and the installation's in fields that those leave out. */
export function ceilingsOf(column: unknown, installation: InstallationLimits): Ceilings {
  const own = readStoredCeilings(column);
  return {
    key: fill(own?.key, installation.keyCeilings),
    organization: fill(own?.organization, installation.organizationCeilings),
  };
}

/** Returns the organisation's limits as a principal carries them: absent if there is none, so that nothing is counted. */
export function organizationLimitsOf({ organization }: Ceilings): { organizationLimits?: PrincipalLimits } {
  return fields.every((field) => organization[field] === null) ? {} : { organizationLimits: organization };
}

/**
 * Returns the limits of a key or a user: the smaller of the own limit (the default if it has none) and the ceiling. Null in `own`
 * means the default, too: a tenant never removes a limit.
 */
export function limitsInForce(
  own: Partial<PrincipalLimits>,
  defaults: PrincipalLimits,
  ceiling: PrincipalLimits,
): PrincipalLimits {
  const limitOf = (field: keyof PrincipalLimits) => smallerOf(own[field] ?? defaults[field], ceiling[field]);
  return {
    requestsPerMinute: limitOf('requestsPerMinute'),
    tokensPerMinute: limitOf('tokensPerMinute'),
    concurrentRequests: limitOf('concurrentRequests'),
  };
}

/** Throws `invalid_value` if a limit that a tenant wants is above the ceiling. `path`: of the object in the request's body. */
export function refuseAboveCeiling(
  wanted: Partial<PrincipalLimits>,
  ceiling: PrincipalLimits,
  path: 'limits.' | '' = 'limits.',
): void {
  for (const field of fields) {
    const [value, max] = [wanted[field] ?? null, ceiling[field]];
    if (value === null || max === null || value <= max) continue;
    throw new AppError('invalid_value', {
      param: `${path}${field}`,
      message: `'${path}${field}' must be at most ${max}, the operator's ceiling.`,
    });
  }
}

/** True if no field of `limits` allows more than the same field of `bound`. */
export function isWithin(limits: PrincipalLimits, bound: PrincipalLimits): boolean {
  return fields.every((field) => smallerOf(limits[field], bound[field]) === limits[field]);
}

/** Returns the smaller limit; null means none. */
function smallerOf(one: number | null, other: number | null): number | null {
  if (one === null) return other;
  return other === null ? one : Math.min(one, other);
}

function fill(
  chosen: OrganizationCeilings['key'],
  { requestsPerMinute, tokensPerMinute, concurrentRequests }: PrincipalLimits,
): PrincipalLimits {
  return {
    requestsPerMinute: chosen?.requestsPerMinute ?? requestsPerMinute,
    tokensPerMinute: chosen?.tokensPerMinute ?? tokensPerMinute,
    concurrentRequests: chosen?.concurrentRequests ?? concurrentRequests,
  };
}
