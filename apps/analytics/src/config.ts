import {
  type ConfigOf,
  commonVariables,
  databaseUrlVariable,
  defaultPorts,
  type Environment,
  eventLogVariables,
  integer,
  peerUrlVariable,
  readConfig,
  variable,
} from '@aggregator/service-kit';

import { alertVariables } from './alerts/alert-variables.ts';

export const analyticsVariables = {
  ...commonVariables('analytics', defaultPorts.analytics),
  ...eventLogVariables,
  databaseUrl: databaseUrlVariable('analytics'),
  databaseConnectionsMax: variable(
    'ANALYTICS_DATABASE_CONNECTIONS_MAX',
    integer(2, 100).default(8),
    'Most connections that one analytics process opens to its database.',
  ),
  authUrl: peerUrlVariable('auth'),
  ...alertVariables,
} as const;

export type AnalyticsConfig = ConfigOf<typeof analyticsVariables>;

/** Throws ConfigError with every fault. */
export function readAnalyticsConfig(environment: Environment): AnalyticsConfig {
  return readConfig(analyticsVariables, environment);
}
