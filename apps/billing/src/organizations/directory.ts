import { AppError, confirmedOrganization } from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';

/** Knows which organisations there are; auth alone makes them. */
export interface OrganizationDirectory {
  /**
   * Returns whether the organisation exists.
   * @throws {AppError} `service_unavailable` if auth does not answer.
   */
  confirm(orgId: string): Promise<boolean>;
}

/** For organisations of which auth has spoken already: those of signed principals, and the installation's own first one. */
export const confirmedBefore: OrganizationDirectory = { confirm: async () => true };

const keptMs = 300_000;
const keptMax = 10_000;

/**
 * Asks auth. Only a yes is kept, for five minutes: an organisation that is made a moment later must not wait.
 * @param now milliseconds of a monotonic clock.
 */
export function createOrganizationDirectory(
  auth: Pick<InternalClient, 'call'>,
  now: () => number,
): OrganizationDirectory {
  const keptUntilMs = new Map<string, number>();
  return {
    async confirm(orgId) {
      if ((keptUntilMs.get(orgId) ?? 0) > now()) return true;
      try {
        await auth.call({ method: 'GET', path: `/internal/organizations/${orgId}`, answer: confirmedOrganization });
      } catch (error) {
        if (error instanceof AppError && error.code === 'not_found') return false;
        throw error;
      }
      const oldest = keptUntilMs.keys().next();
      if (keptUntilMs.size >= keptMax && !oldest.done) keptUntilMs.delete(oldest.value);
      keptUntilMs.delete(orgId);
      keptUntilMs.set(orgId, now() + keptMs);
      return true;
    },
  };
}
