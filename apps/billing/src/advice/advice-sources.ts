import { idleKeys, type ModelOffer, modelOffers } from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';

/** What advice asks of other services. @throws {AppError} `service_unavailable` if one does not answer. */
export interface AdviceSources {
  /** Models that have a price now, at what the organisation pays. */
  listOffers(orgId: string): Promise<readonly ModelOffer[]>;
  /** Ids of valid keys that were not used since. */
  listIdleKeys(orgId: string, since: Date): Promise<readonly string[]>;
}

type Client = Pick<InternalClient, 'call'>;

export function createAdviceSources(orchestrator: Client, auth: Client): AdviceSources {
  return {
    async listOffers(orgId) {
      const path = `/internal/model-offers?${new URLSearchParams({ organizationId: orgId })}`;
      return (await orchestrator.call({ method: 'GET', path, answer: modelOffers })).data;
    },
    async listIdleKeys(orgId, since) {
      const query = new URLSearchParams({ since: since.toISOString() });
      const path = `/internal/organizations/${encodeURIComponent(orgId)}/idle-keys?${query}`;
      return (await auth.call({ method: 'GET', path, answer: idleKeys })).data;
    },
  };
}
