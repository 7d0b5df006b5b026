import type { RequestListener } from 'node:http';
import type { PeerName } from '@aggregator/contracts';
import type { CommonConfig } from '../config/common-variables.ts';
import type { ConfigShape, Environment } from '../config/read-config.ts';
import type { ReadinessCheck } from '../http/health.ts';
import type { Logger } from '../log/logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { ServerBounds } from './drainable-server.ts';

/** What every service's context has, beside the other parts that its composition root builds. */
export interface ServiceContext {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Without one of these no request can be served: then the process is not ready. */
  readonly readinessChecks: Readonly<Record<string, ReadinessCheck>>;
  /** Dependencies that requests can be served without: reported by `/health`, and no part of readiness. */
  readonly dependencyChecks?: Readonly<Record<string, ReadinessCheck>>;
  /** Names of parts in `services` of the answer of `/health`, each with the name of its check. */
  readonly healthServices?: Readonly<Record<string, string>>;
  /** Begins what runs by itself (consumers, pollers, streams), once the port is open. */
  start(): Promise<void>;
  /**
   * Called when the service must stop, before requests in flight are waited for: ends what would never end by itself,
   * as streams that stay open.
   */
  beginDrain?(): void;
  /** Ends it all, in order, when no request is in flight any more. */
  close(): Promise<void>;
}

/** How a service is born. `Overrides` are the parts that the embedded form and tests put in place of the usual ones. */
export interface ServiceDefinition<Config extends CommonConfig, Context extends ServiceContext, Overrides = object> {
  readonly name: PeerName;
  /** What `readConfig` reads. */
  readonly variables: ConfigShape;
  /** Throws ConfigError with every fault. */
  readConfig(environment: Environment): Config;
  createContext(config: Config, overrides?: Partial<Overrides>): Promise<Context>;
  createApp(context: Context): RequestListener;
  /** Returns the bounds of the service's port; absent, `defaultServerBounds`. */
  boundServer?(context: Context): ServerBounds;
}
