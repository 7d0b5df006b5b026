import { limitList } from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';
import type { z } from 'zod';

/** Knows the limits of organisations; auth alone makes them. */
export interface LimitDirectory {
  /** @param query of the route. @throws {AppError} `service_unavailable` if auth does not answer; `invalid_value` */
  list(orgId: string, query: URLSearchParams): Promise<z.infer<typeof limitList>>;
}

export function createLimitDirectory(auth: Pick<InternalClient, 'call'>): LimitDirectory {
  return {
    list: (orgId, query) =>
      auth.call({
        ...{ method: 'GET', answer: limitList },
        path: `/internal/organizations/${encodeURIComponent(orgId)}/limits?${query}`,
      }),
  };
}
