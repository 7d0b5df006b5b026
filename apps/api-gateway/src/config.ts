import { browserOrigin } from '@aggregator/contracts';
import {
  type ConfigOf,
  commonVariables,
  type Environment,
  idempotencyVariables,
  integer,
  peerUrlVariable,
  readConfig,
  redisVariables,
  replicasMaxVariable,
  requestBytesMaxVariable,
  tracingVariables,
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

const mebibyte = 1024 * 1024;

export const apiGatewayVariables = {
  ...commonVariables('api-gateway', 3000),
  ...redisVariables,
  ...idempotencyVariables,
  ...tracingVariables,
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
  dashboard: variable(
    'DASHBOARD',
    z.enum(['on', 'off']).default('on'),
    '`on`: the gateway serves the dashboard under `/`; `off`: it serves the API alone.',
  ),
  replicasMax: replicasMaxVariable,
  requestBytesMax: requestBytesMaxVariable,
  corsOrigins: variable(
    'CORS_ORIGINS',
    z
      .string()
      .transform((text) => text.split(',').map((origin) => origin.trim()))
      .pipe(z.array(z.union([browserOrigin, z.literal('*')])).max(100))
      .optional(),
    'Origins of web pages that may call this API from a browser, separated by commas: `https://app.example.com`, or `*` for all. Unset: none. The pages of the gateway itself need no entry.',
  ),
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
    'Refused keys and tokens that one client address (IPv6: one /64) may send each minute. Beyond it the gateway returns 429 and looks up no key that it does not know to be good.',
  ),
  publicPerMinute: variable(
    'PUBLIC_REQUESTS_PER_MINUTE',
    integer(1, 1_000_000).default(300),
    'Requests that one client address (IPv6: one /64) may send each minute to each route that needs no credential: login, registration, refresh.',
  ),
  managementPerMinute: variable(
    'MANAGEMENT_REQUESTS_PER_MINUTE',
    integer(1, 1_000_000).default(600),
    'Requests to the management API that one user or key may send each minute.',
  ),
  requestsInFlightMax: variable(
    'GATEWAY_REQUESTS_IN_FLIGHT_MAX',
    integer(16, 100_000).default(7168),
    'AI requests and streams that one gateway has open at once. The last eighth is for callers that have few. Of the rest one key has at most a third, one organisation half, one address three quarters; under load each has less.',
  ),
  bodyBytesInFlightMax: variable(
    'GATEWAY_BODY_BYTES_IN_FLIGHT_MAX',
    integer(mebibyte, 1024 * 1024 * mebibyte).default(256 * mebibyte),
    'Bytes of AI request bodies that one gateway holds at once, with the same shares; at least four times REQUEST_BYTES_MAX.',
  ),
  managementInFlightMax: variable(
    'MANAGEMENT_REQUESTS_IN_FLIGHT_MAX',
    integer(4, 10_000).default(256),
    'Requests that one gateway has open at once at each service of the management API. All clients without a credential together have at most half.',
  ),
  bodyWindowMs: variable(
    'BODY_WINDOW_MS',
    integer(500, 60_000).default(5000),
    'A request body that arrives more slowly than BODY_BYTES_PER_SECOND_MIN for so long is cut with 408, in milliseconds.',
  ),
  bodyBytesPerSecondMin: variable(
    'BODY_BYTES_PER_SECOND_MIN',
    integer(1, mebibyte).default(1024),
    'Least rate at which a request body may arrive, in bytes a second.',
  ),
  connectionsMax: variable(
    'GATEWAY_CONNECTIONS_MAX',
    integer(16, 1_000_000).default(10_000),
    'Connections of clients that one gateway has at once; a new one closes the oldest that waits for nothing, else it gets 503.',
  ),
  connectionsPerAddressMax: variable(
    'GATEWAY_CONNECTIONS_PER_ADDRESS_MAX',
    integer(1, 1_000_000).default(4096),
    'Connections that one client address (IPv6: one /64) may have at once. Without effect behind our own proxies (TRUSTED_PROXY_HOPS), because the address would be theirs.',
  ),
} as const;

export type ApiGatewayConfig = ConfigOf<typeof apiGatewayVariables>;

export function readApiGatewayConfig(environment: Environment): ApiGatewayConfig {
  return readConfig(apiGatewayVariables, environment);
}
