export { answerCacheVariables } from './config/answer-cache-variables.ts';
export {
  baseUrlAllowlistVariable,
  type CommonConfig,
  commonVariables,
  defaultPorts,
  egressAllowlist,
  environmentPrefix,
  flag,
  integer,
  peerUrlVariable,
  replicasMaxVariable,
  requestBytesMaxVariable,
} from './config/common-variables.ts';
export { completeEnvironment } from './config/complete-environment.ts';
export { idempotencyVariables } from './config/idempotency-variables.ts';
export { olderNames, withOlderNames } from './config/older-names.ts';
export {
  ConfigError,
  type ConfigOf,
  type ConfigShape,
  type ConfigVariable,
  type Environment,
  processEnvironment,
  readConfig,
  variable,
} from './config/read-config.ts';
export {
  credentialsEncryptionKeysVariable,
  databaseName,
  databaseNamePrefixVariable,
  databaseUrlVariable,
  eventLogVariables,
  redisVariables,
  requireRedisUrl,
  withDatabaseUrls,
} from './config/store-variables.ts';
export { packTls, unpackTls } from './config/tls-credential.ts';
export { customTlsVariables, readTlsFiles, type TlsFiles } from './config/tls-files.ts';
export { tracingVariables } from './config/tracing-variables.ts';
export { findUnknownNames } from './config/unknown-names.ts';
export {
  createEgressAgent,
  type EgressAgentOptions,
  type HttpProxies,
  hasHttpProxy,
  httpProxyVariables,
} from './egress/egress-agent.ts';
export { createEgressAllowlist, type EgressAllowlist, emptyAllowlist } from './egress/egress-allowlist.ts';
export { createEgressConnector, EgressRefused } from './egress/egress-connector.ts';
export { isPublicAddress } from './egress/judge-address.ts';
export { type BaseUrlVerdict, judgeBaseUrl } from './egress/judge-base-url.ts';
export { isPublicContentUrl } from './egress/judge-content-url.ts';
export { toAddressBlock } from './http/address-block.ts';
export { checkBody } from './http/check-body.ts';
export {
  createExpressApp,
  jsonBody,
  jsonBodyUpTo,
  readRequestId,
  scimErrors,
  withJsonBodies,
} from './http/create-express-app.ts';
export { readIfMatch, requireMatch, sendTagged, toEntityTag } from './http/entity-tag.ts';
export { type HealthAnswer, type ReadinessCheck, readHealth } from './http/health.ts';
export { createInternalClient, type InternalClient, type InternalRequest } from './http/internal-client.ts';
export { clientJsonBounds, estimateMemory, type JsonFigures, peerJsonBounds } from './http/json-figures.ts';
export { parseJsonBody, parseScannedJson, scanJson } from './http/parse-json-body.ts';
export { scanJsonInTurns } from './http/parse-json-in-turns.ts';
export { readJsonBytes } from './http/read-body.ts';
export {
  errorHeaders,
  noSniffing,
  sendErrorBody,
  sendOpenAiError,
  sendProblem,
  sendScimError,
} from './http/send-error.ts';
export { type Page, pageSize, toPage } from './http/to-page.ts';
export { writeJsonInTurns, writeJsonPieces } from './http/write-json-in-turns.ts';
export { claimBounds, createOnceServer, openClaims } from './idempotency/create-once-server.ts';
export { readIdempotencyKey } from './idempotency/idempotency-key.ts';
export { type OnceEnd, type OnceRequest, OnceServer, type OnceVerdict } from './idempotency/serve-once.ts';
export { createIdentity, type Identity } from './identity/create-identity.ts';
export { createInternalKeyring, type InternalKeyring } from './identity/internal-keyring.ts';
export { principalOf, requirePeer, requirePrincipal } from './identity/require-identity.ts';
export { createIdentitySigner, type IdentitySigner } from './identity/sign-identity.ts';
export { createUuidV7 } from './identity/uuid-v7.ts';
export { createIdentityVerifier, type IdentityVerifier } from './identity/verify-identity.ts';
export { type DirectoryLock, lockDirectory } from './lifecycle/directory-lock.ts';
export { defaultServerBounds, type ServerBounds } from './lifecycle/drainable-server.ts';
export { errorCode } from './lifecycle/error-code.ts';
export { OpenMap } from './lifecycle/open-map.ts';
export { identifyProcess, isAlive, readCommandLine } from './lifecycle/process-identity.ts';
export { Roster } from './lifecycle/roster.ts';
export { onceTerminated, reportUnknownNames, runService } from './lifecycle/run-service.ts';
export type { ServiceContext, ServiceDefinition } from './lifecycle/service-definition.ts';
export { type RunningService, startService } from './lifecycle/start-service.ts';
export { LineBudget } from './log/line-budget.ts';
export { createLogger, type LogFields, type LogFormat, type Logger, redactText } from './log/logger.ts';
export { type CounterFigure, createMetrics, type HistogramFigure, type Metrics } from './metrics/metrics.ts';
export { createNameDirectory, type NameDirectory } from './names/name-directory.ts';
export { decrypt, encrypt } from './secrets/aead.ts';
export { createEnvelope, type Envelope } from './secrets/envelope.ts';
export {
  lastKnownGoodStore,
  packLastKnownGood,
  readStateNumber,
  type StateNumber,
  unpackLastKnownGood,
} from './secrets/last-known-good.ts';
export { Secret } from './secrets/secret.ts';
export { type Claim, type ClaimKind, FairPool, type Share, type ShareRefusal } from './shares/fair-pool.ts';
export { shareLook } from './time/share-look.ts';
export { takeInTurns } from './time/take-in-turns.ts';
export { DeadlineError, withDeadline } from './time/with-deadline.ts';
export { toCallName } from './tracing/conventions.ts';
export type { TraceSpan, Tracing } from './tracing/port.ts';
export { openTracing } from './tracing/tracing.ts';
