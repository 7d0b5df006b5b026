import {
  type ConfigOf,
  commonVariables,
  type Environment,
  integer,
  peerUrlVariable,
  readConfig,
  redisVariables,
  replicasMaxVariable,
  requestBytesMaxVariable,
  variable,
} from '@aggregator/service-kit';
import { z } from 'zod';

const proxyUrls = z
  .string()
  .default('http://127.0.0.1:3003')
  .transform((text) => text.split(',').map((url) => url.trim()))
  .pipe(
    z
      .array(z.url({ protocol: /^https?$/ }))
      .min(1)
      .max(200),
  );

export const apiGatewayVariables = {
  ...commonVariables('api-gateway', 3000),
  ...redisVariables,
  proxyUrls: variable('PROXY_URL', proxyUrls, 'Base URL of the proxy; several, separated by commas, share the load.'),
  proxyDiscovery: variable(
    'PROXY_DISCOVERY',
    z.enum(['static', 'dns']).default('static'),
    '`static`: one proxy at each PROXY_URL; `dns`: one at each address of its host, as a headless Service has one for each pod.',
  ),
  proxyDiscoveryIntervalMs: variable(
    'PROXY_DISCOVERY_INTERVAL_MS',
    integer(100, 60_000).default(1000),
    'How often those addresses are looked up, in milliseconds. A pod that stops should take connections for longer than that.',
  ),
  authUrl: peerUrlVariable('auth'),
  billingUrl: peerUrlVariable('billing'),
  analyticsUrl: peerUrlVariable('analytics'),
  orchestratorUrl: peerUrlVariable('provider-orchestrator'),
  replicasMax: replicasMaxVariable,
  requestBytesMax: requestBytesMaxVariable,
  trustedProxyHops: variable(
    'TRUSTED_PROXY_HOPS',
    integer(0, 10).default(0),
    "How many proxies stand before the gateway: the client's address is that far from the right in X-Forwarded-For. 0 believes only the socket.",
  ),
  keyVerdictMaxAgeMs: variable(
    'KEY_VERDICT_MAX_AGE_MS',
    integer(1000, 300_000).default(30_000),
    'Longest time that a key is believed valid without asking auth again, in milliseconds.',
  ),
  failuresPerMinute: variable(
    'AUTH_FAILURES_PER_MINUTE',
    integer(1, 1_000_000).default(600),
    'Refused keys and tokens that one client address may send each minute before it is answered 429.',
  ),
  managementPerMinute: variable(
    'MANAGEMENT_REQUESTS_PER_MINUTE',
    integer(1, 1_000_000).default(600),
    'Requests to the management API that one user or key may send each minute.',
  ),
} as const;

export type ApiGatewayConfig = ConfigOf<typeof apiGatewayVariables>;

export function readApiGatewayConfig(environment: Environment): ApiGatewayConfig {
  return readConfig(apiGatewayVariables, environment);
}
