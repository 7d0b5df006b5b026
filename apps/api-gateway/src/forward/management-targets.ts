import { FairPool } from '@aggregator/service-kit';
import { Pool } from 'undici';
import type { ApiGatewayConfig } from '../config.ts';
import type { ManagementRoute } from '../routes/route-table.ts';

type ManagementService = ManagementRoute['service'];

/** A service of the management API: its connections, and the places that clients share. */
export interface ManagementTarget {
  readonly pool: Pool;
  /** As many as connections, so that no request waits for one. */
  readonly requests: FairPool;
}

export type ManagementTargets = Readonly<Record<ManagementService, ManagementTarget>> & { close(): Promise<void> };

const connectTimeoutMs = 3000;
const deadlineMs = 30_000;
/** Less than the 65 s for which a service keeps an idle connection. */
const keepAliveMaxMs = 30_000;

export function openManagementTargets(config: ApiGatewayConfig): ManagementTargets {
  const open = (url: string): ManagementTarget => ({
    pool: new Pool(new URL(url).origin, {
      connections: config.managementInFlightMax,
      pipelining: 1,
      connect: { timeout: connectTimeoutMs },
      keepAliveMaxTimeout: keepAliveMaxMs,
      headersTimeout: deadlineMs,
      bodyTimeout: deadlineMs,
    }),
    requests: new FairPool('management_requests', config.managementInFlightMax),
  });
  const targets = {
    auth: open(config.authUrl),
    billing: open(config.billingUrl),
    analytics: open(config.analyticsUrl),
    'provider-orchestrator': open(config.orchestratorUrl),
  };
  return {
    ...targets,
    async close() {
      await Promise.all(Object.values(targets).map(({ pool }) => pool.destroy()));
    },
  };
}
