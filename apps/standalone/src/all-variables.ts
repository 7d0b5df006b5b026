import { analyticsVariables } from '@aggregator/analytics';
import { apiGatewayVariables } from '@aggregator/api-gateway';
import { authVariables } from '@aggregator/auth';
import { billingVariables } from '@aggregator/billing';
import { providerOrchestratorVariables } from '@aggregator/provider-orchestrator';
import { proxyVariables } from '@aggregator/proxy';
import type { ConfigShape } from '@aggregator/service-kit';
import { standaloneVariables } from './config.ts';

const tables: readonly (readonly [string, ConfigShape])[] = [
  ['standalone', standaloneVariables],
  ['api-gateway', apiGatewayVariables],
  ['auth', authVariables],
  ['provider-orchestrator', providerOrchestratorVariables],
  ['proxy', proxyVariables],
  ['billing', billingVariables],
  ['analytics', analyticsVariables],
];

/** The variables of the six services and the embedded form: each service's variables by its name and their own. */
export const allVariables: ConfigShape = Object.fromEntries(
  tables.flatMap(([room, shape]) => Object.entries(shape).map(([key, entry]) => [`${room}.${key}`, entry])),
);
