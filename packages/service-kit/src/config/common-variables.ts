import type { PeerName, ServiceName } from '@aggregator/contracts';
import { z } from 'zod';
import { createEgressAllowlist } from '../egress/egress-allowlist.ts';
import { identityVariables } from './identity-variables.ts';
import { type ConfigOf, variable } from './read-config.ts';

/** `AUTH` for `auth`, `PROVIDER_ORCHESTRATOR` for `provider-orchestrator`: the prefix of a peer's own variables. */
export function environmentPrefix(service: PeerName): string {
  return service.toUpperCase().replaceAll('-', '_');
}

export const integer = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min).max(max));

export const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

/** Variables that every service reads. */
export function commonVariables(service: PeerName, defaultPort: number) {
  return {
    host: variable('HOST', z.string().default('127.0.0.1'), 'Address to listen on; 0.0.0.0 in a container.'),
    port: variable(
      `${environmentPrefix(service)}_PORT`,
      integer(0, 65_535).default(defaultPort),
      `Port of ${service}; 0 takes any free one.`,
      { aliases: ['PORT'] },
    ),
    adminPort: variable(
      'ADMIN_PORT',
      integer(0, 65_535).optional(),
      'Port of health and metrics alone, at the same address; unset, they are on the main port.',
    ),
    logLevel: variable(
      'LOG_LEVEL',
      z.enum(['debug', 'info', 'warn', 'error']).default('info'),
      'Least severe level that is logged.',
      { aliases: ['AGG_LOG_LEVEL'] },
    ),
    logFormat: variable(
      'LOG_FORMAT',
      z.enum(['json', 'text']).default('json'),
      'Form of the lines of the log: `json` for programs, `text` for people.',
    ),
    shutdownQuietMs: variable(
      'SHUTDOWN_QUIET_MS',
      integer(0, 60_000).default(0),
      'After SIGTERM: how long connections that wait for nothing are kept, in milliseconds; a request that comes on one of them is answered with `Connection: close`.',
    ),
    shutdownGraceMs: variable(
      'SHUTDOWN_GRACE_MS',
      integer(0, 3_600_000).default(30_000),
      'Longest time that requests in flight get to finish after SIGTERM, in milliseconds.',
    ),
    ...identityVariables,
  };
}
export type CommonConfig = ConfigOf<ReturnType<typeof commonVariables>>;

const defaultPorts: Record<ServiceName, number> = {
  'api-gateway': 3000,
  auth: 3001,
  'provider-orchestrator': 3002,
  proxy: 3003,
  billing: 3004,
  analytics: 3005,
};

/** Hosts and networks that are called although they are not public. */
export const egressAllowlist = z.string().transform((text, context) => {
  try {
    return createEgressAllowlist(text.split(',').filter((entry) => entry.trim() !== ''));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
    return z.NEVER;
  }
});

/** Read where an address is saved and where it is called. */
export const baseUrlAllowlistVariable = variable(
  'PROVIDER_BASE_URL_ALLOWLIST',
  egressAllowlist.optional(),
  'Hosts (with or without a port) and networks, separated by commas, that providers declared through the API may be at although they are not public or not https: `llm.internal:8000,10.1.0.0/16`.',
);

const mebibyte = 1024 * 1024;

/** Read by gateway and proxy: what the one lets through, the other takes. */
export const requestBytesMaxVariable = variable(
  'REQUEST_BYTES_MAX',
  integer(1024, 1024 * mebibyte).default(20 * mebibyte),
  'Largest request body, in bytes.',
);

/** Read by gateway and proxy, which count limits alone while the counter store is away. */
export const replicasMaxVariable = variable(
  'REPLICAS_MAX',
  integer(1, 10_000).default(1),
  'Most processes of this service at once; while the counter store is away each keeps to that part of every limit.',
);

/** Base URL of a peer: `AUTH_URL` and similar names, on this machine by default. */
export function peerUrlVariable(service: ServiceName) {
  return variable(
    `${environmentPrefix(service)}_URL`,
    z.url({ protocol: /^https?$/ }).default(`http://127.0.0.1:${defaultPorts[service]}`),
    `Base URL of ${service}.`,
  );
}

export { defaultPorts };
