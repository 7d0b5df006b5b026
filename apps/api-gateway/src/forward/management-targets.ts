import { FairPool } from '@aggregator/service-kit';
import type { ApiGatewayConfig } from '../config.ts';
import type { ManagementRoute } from '../routes/route-table.ts';
import type { ExchangeDeadlines } from './service-exchange.ts';
import { ServiceForwarder } from './service-forwarder.ts';

type ManagementService = ManagementRoute['service'];

/** A service of the management API: the way to it, and the places that clients share. */
export interface ManagementTarget {
  readonly forwarder: ServiceForwarder;
  /** As many as connections, so that no request waits for one. */
  readonly requests: FairPool;
}

export type ManagementTargets = Readonly<Record<ManagementService, ManagementTarget>> & { close(): void };

const defaultDeadlines: ExchangeDeadlines = { connectMs: 3000, answerMs: 30_000 };

export function openManagementTargets(
  config: ApiGatewayConfig,
  deadlines: ExchangeDeadlines = defaultDeadlines,
): ManagementTargets {
  const { managementInFlightMax: connectionsMax } = config;
  const open = (url: string): ManagementTarget => ({
    forwarder: new ServiceForwarder({ origin: new URL(url).origin, connectionsMax, deadlines }),
    requests: new FairPool('management_requests', connectionsMax),
  });
  const targets = {
    auth: open(config.authUrl),
    billing: open(config.billingUrl),
    analytics: open(config.analyticsUrl),
    'provider-orchestrator': open(config.orchestratorUrl),
  };
  return {
    ...targets,
    close() {
      for (const { forwarder } of Object.values(targets)) forwarder.close();
    },
  };
}
