import type { LastChange, Tenant } from '@aggregator/contracts';
import type { Organization as OrganizationRow } from '../generated/prisma/client.ts';
import type { InstallationLimits } from '../limits/installation-limits.ts';
import { ceilingsOf, readStoredCeilings } from '../limits/limits-in-force.ts';

/** Returns an organisation as the operator sees it, without its last change. */
export function toTenant(row: OrganizationRow, installation: InstallationLimits): Omit<Tenant, keyof LastChange> {
  const { key, organization } = ceilingsOf(row.ceilings, installation);
  return {
    id: row.id,
    name: row.name,
    ceilings: readStoredCeilings(row.ceilings),
    limits: organization,
    keyLimitsMax: key,
    blockedAt: row.blockedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  };
}
