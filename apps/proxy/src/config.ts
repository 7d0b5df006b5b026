import { dirname, join } from 'node:path';
import { requestCostNanoUsdMax } from '@aggregator/contracts';
import type { RetryPolicy } from '@aggregator/resilience';
import {
  answerCacheVariables,
  baseUrlAllowlistVariable,
  ConfigError,
  type ConfigOf,
  commonVariables,
  credentialsEncryptionKeysVariable,
  customTlsVariables,
  defaultPorts,
  type Environment,
  eventLogVariables,
  flag,
  httpProxyVariables,
  idempotencyVariables,
  integer,
  peerUrlVariable,
  readConfig,
  readTlsFiles,
  redisVariables,
  replicasMaxVariable,
  requestBytesMaxVariable,
  type TlsFiles,
  tracingVariables,
  variable,
} from '@aggregator/service-kit';
import { z } from 'zod';

const mebibyte = 1024 * 1024;
const dayMs = 86_400_000;
/** Just below a million dollars: nothing above can be counted or leased. */
const requestCostNanoUsdCeiling = Number(requestCostNanoUsdMax) - 1;

export const proxyVariables = {
  ...commonVariables('proxy', defaultPorts.proxy),
  ...redisVariables,
  ...idempotencyVariables,
  ...eventLogVariables,
  ...tracingVariables,
  ...customTlsVariables,
  orchestratorUrl: peerUrlVariable('provider-orchestrator'),
  billingUrl: peerUrlVariable('billing'),
  requestBytesMax: requestBytesMaxVariable,
  replicasMax: replicasMaxVariable,
  requestsInFlightMax: variable(
    'PROXY_REQUESTS_IN_FLIGHT_MAX',
    integer(4, 100_000).default(7168),
    'AI requests and streams that one proxy serves at once. The last eighth is for callers that have few. Of the rest one key has at most a third, one organisation half; under load each has less. More are refused at once.',
  ),
  bodyBytesInFlightMax: variable(
    'PROXY_BODY_BYTES_IN_FLIGHT_MAX',
    integer(mebibyte, 1024 * 1024 * mebibyte).optional(),
    'Memory that the bodies of requests may take at once in one proxy, estimated as parsed, in bytes, with the same shares; more are refused at once. A body takes at least three times its length. Unset, 40 % of the heap: 20 MiB in one body need a heap of 512 MiB.',
  ),
  requestCostNanoUsdMax: variable(
    'REQUEST_COST_MAX_NANO_USD',
    integer(1, requestCostNanoUsdCeiling).default(100_000_000_000).transform(BigInt),
    'Most that one request may cost in the worst case, in nano-USD; more is refused before anything is sent. The default, 100 dollars, covers the longest prompt and answer of every model of the catalogue, so it stops mistakes and little else.',
  ),
  baseUrlAllowlist: baseUrlAllowlistVariable,
  ...httpProxyVariables,
  upstreamConnectionsMax: variable(
    'UPSTREAM_CONNECTIONS_MAX',
    integer(1, 100_000).default(2688),
    'Requests that one proxy has open at one provider; so a slow provider never takes all there is. The last eighth is for organisations that have few there. Of the rest one organisation has at most eight ninths; under load it has less.',
  ),
  firstTokenTimeoutMs: variable(
    'FIRST_TOKEN_TIMEOUT_MS',
    integer(1, dayMs).optional(),
    "Longest wait for a stream's first token, in milliseconds. Unset, the request's own limit alone counts: some models think for minutes.",
  ),
  idleTimeoutMs: variable(
    'IDLE_TIMEOUT_MS',
    integer(1, dayMs).default(60_000),
    'Longest silence of a provider between two tokens, in milliseconds.',
  ),
  failoverFirstTokenTimeoutMs: variable(
    'FAILOVER_FIRST_TOKEN_TIMEOUT_MS',
    integer(1, dayMs).default(10_000),
    "While another provider is left to try: longest wait for a stream's first token, in milliseconds. A model that thinks for longer has a separate limit in the registry.",
  ),
  failoverIdleTimeoutMs: variable(
    'FAILOVER_IDLE_TIMEOUT_MS',
    integer(1, dayMs).default(10_000),
    'While another provider is left to try: longest silence between two tokens, in milliseconds.',
  ),
  failoverAnswerTimeoutMs: variable(
    'FAILOVER_ANSWER_TIMEOUT_MS',
    integer(1, dayMs).default(30_000),
    'While another provider is left to try: longest wait for the first byte of an answer that is not streamed, in milliseconds.',
  ),
  retriesMax: variable(
    'MAX_RETRIES',
    integer(0, 10).default(3),
    'Most retries at one provider where there is no other to go to.',
  ),
  retryDelayMs: variable(
    'RETRY_DELAY_MS',
    integer(1, 60_000).default(1000),
    'Wait before the first of those retries, in milliseconds; with a random part.',
  ),
  retryBackoffMultiplier: variable(
    'RETRY_BACKOFF_MULTIPLIER',
    integer(1, 10).default(2),
    'How much longer each of those waits is than the one before.',
  ),
  requestTimeoutMs: variable(
    'REQUEST_TIMEOUT_MS',
    integer(1, dayMs / 2).default(600_000),
    'Longest time that a request may take in all, in milliseconds.',
  ),
  disconnectDrainMs: variable(
    'DISCONNECT_DRAIN_MS',
    integer(0, 120_000).default(30_000),
    'After a client left: longest time that its answer is still read to learn its exact usage, in milliseconds. Until then the request keeps its place and its slot among the concurrent requests of its key. 0 cancels every call at once and charges by estimate. A provider with the option `disconnect: abort` is never read on.',
  ),
  pingIntervalMs: variable(
    'STREAM_PING_INTERVAL_MS',
    integer(10, dayMs).default(15_000),
    'After so long a silence a stream sends a comment, so that nothing between us and the client gives up on it; in milliseconds.',
  ),
  clientStallTimeoutMs: variable(
    'CLIENT_STALL_TIMEOUT_MS',
    integer(10, dayMs).default(60_000),
    'A client that takes nothing of its answer for so long is cut off, in milliseconds.',
  ),
  spoolDirectory: variable(
    'SPOOL_DIRECTORY',
    z.string().default('var/spool/proxy'),
    'Folder for requests on their way to the ledger. Must outlive the process, and belongs to one proxy alone.',
  ),
  spoolBytesMax: variable(
    'SPOOL_BYTES_MAX',
    integer(mebibyte, 1024 * 1024 * mebibyte).default(1024 * mebibyte),
    'Most that the spool may hold, in bytes; at 95 % new requests are refused.',
  ),
  spoolFlushIntervalMs: variable(
    'SPOOL_FLUSH_INTERVAL_MS',
    integer(1, 10_000).default(50),
    'Longest time between a write to the spool and its flush to the disk, in milliseconds.',
  ),
  credentialsEncryptionKeys: credentialsEncryptionKeysVariable,
  instanceName: variable(
    'INSTANCE_NAME',
    z.string().min(1).max(253).optional(),
    'What the platform calls this process, in reports to the orchestrator: the name of its pod. Unset, the name of the machine.',
  ),
  snapshotPath: variable(
    'SNAPSHOT_PATH',
    z.string().default('var/routing-snapshot.json'),
    'File with the last good routing snapshot, from which the proxy starts while the orchestrator is away.',
  ),
  cachePolicy: variable(
    'CACHE_POLICY',
    z.enum(['deterministic', 'all', 'off']).default('deterministic'),
    'Which answers may be given again: `deterministic`, chats that ask for the same answer each time (temperature 0, top_k 1 or a seed); `all`, every chat; `off`, none.',
  ),
  ...answerCacheVariables,
  requestFingerprints: variable(
    'REQUEST_FINGERPRINTS',
    flag.default(false),
    'true: usage events have a keyed hash of the request, by which advice finds identical requests and shared beginnings. Set it when all billing and analytics processes have this version: earlier ones reject such events.',
  ),
  responsesStoreHours: variable(
    'RESPONSES_STORE_HOURS',
    integer(0, 168).default(24),
    'How long a response of `/v1/responses` is stored, encrypted, for the key that made it, so that it can be continued, read and deleted by its id; in hours. 0 stores none. A request with `store: false`, or whose text was masked, is never stored.',
  ),
  cacheMaxSize: variable('CACHE_MAX_SIZE', integer(1, 10_000_000).default(1000), 'Most answers that are kept.'),
  mockProvider: variable(
    'MOCK_PROVIDER',
    flag.default(true),
    'Whether the proxy serves the built-in mock provider under /mock/v1.',
  ),
  mockProviderRemote: variable(
    'MOCK_PROVIDER_REMOTE',
    flag.default(false),
    'Whether other machines may call the mock provider, too.',
  ),
  mockLedgerPath: variable(
    'MOCK_LEDGER_PATH',
    z.string().optional(),
    "File of the mock provider's own ledger; unset, mock-ledger.jsonl beside the spool's folder.",
  ),
  mockLatencyMs: variable(
    'MOCK_LATENCY_MS',
    integer(0, 600_000).default(0),
    'How long the mock provider waits before it answers, in milliseconds.',
  ),
  mockChunkDelayMs: variable(
    'MOCK_CHUNK_DELAY_MS',
    integer(0, 600_000).default(0),
    'How long the mock provider waits before each token of a stream, in milliseconds.',
  ),
} as const;

export type ProxyConfig = ConfigOf<typeof proxyVariables> & {
  /** API keys of providers by the name of their variable; the only place where they are. */
  readonly credentials: ReadonlyMap<string, string>;
  readonly retryPolicy: RetryPolicy;
  /** By what their variables begin with. */
  readonly tlsFiles: ReadonlyMap<string, TlsFiles>;
};

/** A pool of keys is numbered from its second on. */
const credentialName = /^[A-Z0-9_]+_API_KEY(_\d{1,2})?$/;

/** Throws ConfigError with every fault. */
export function readProxyConfig(environment: Environment): ProxyConfig {
  const config = readConfig(proxyVariables, environment);
  if (config.pingIntervalMs >= config.clientStallTimeoutMs) {
    throw new ConfigError([
      'STREAM_PING_INTERVAL_MS: must be less than CLIENT_STALL_TIMEOUT_MS, or silence looks like a stall',
    ]);
  }
  const { retriesMax, retryDelayMs: delayMs, retryBackoffMultiplier: multiplier } = config;
  const retryPolicy = { retriesMax, delayMs, multiplier };
  const tlsFiles = readTlsFiles(environment);
  return { ...config, credentials: readCredentials(environment), retryPolicy, tlsFiles };
}

/** Where the mock provider keeps its ledger, so that what it charged is known after a crash, too. */
export function mockLedgerPath(config: Pick<ProxyConfig, 'mockLedgerPath' | 'spoolDirectory'>): string {
  return config.mockLedgerPath ?? join(dirname(config.spoolDirectory), 'mock-ledger.jsonl');
}

function readCredentials(environment: Environment): ReadonlyMap<string, string> {
  const credentials = new Map<string, string>();
  for (const [name, value] of Object.entries(environment)) {
    if (value?.trim() && credentialName.test(name)) credentials.set(name, value.trim());
  }
  return credentials;
}
