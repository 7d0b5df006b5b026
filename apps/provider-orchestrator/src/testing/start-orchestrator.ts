import { randomBytes } from 'node:crypto';
import {
  type PeerName,
  type Principal,
  peerHeader,
  principalHeader,
  type SnapshotStreamLine,
  snapshotStreamLine,
} from '@aggregator/contracts';
import type { ExpiringStore } from '@aggregator/expiring-store';
import {
  createIdentitySigner,
  createInternalKeyring,
  type RunningService,
  startService,
} from '@aggregator/service-kit';
import { createTestDatabase } from '@aggregator/testing';
import { type ProviderOrchestratorContext, providerOrchestratorService } from '../index.ts';

const signingKey = randomBytes(32).toString('base64url');

export interface TestOrchestrator extends RunningService<ProviderOrchestratorContext> {
  readonly databaseUrl: string;
}

/** Databases and services of one test file, on a free port each; `closeAll` ends what the tests left open. */
export function createOrchestratorBench() {
  const opened: (() => Promise<void>)[] = [];

  async function start(
    options: {
      databaseUrl?: string;
      environment?: Record<string, string>;
      now?: () => number;
      logStream?: NodeJS.WritableStream;
      lastKnownGood?: ExpiringStore;
    } = {},
  ): Promise<TestOrchestrator> {
    const databaseUrl = options.databaseUrl ?? (await createDatabaseUrl());
    const config = providerOrchestratorService.readConfig({
      INTERNAL_SIGNING_KEY: signingKey,
      PROVIDER_ORCHESTRATOR_PORT: '0',
      PROVIDER_ORCHESTRATOR_DATABASE_URL: databaseUrl,
      SHUTDOWN_GRACE_MS: '5000',
      LOG_LEVEL: 'error',
      PROVIDER_PROBE_INTERVAL_MS: '0',
      ...options.environment,
    });
    const { now, logStream, lastKnownGood } = options;
    const overrides = {
      ...(now !== undefined && { now }),
      ...(logStream !== undefined && { logStream }),
      ...(lastKnownGood !== undefined && { lastKnownGood }),
    };
    const service = await startService(providerOrchestratorService, config, overrides);
    let stopping: Promise<void> | null = null;
    const stop = () => {
      stopping ??= service.stop();
      return stopping;
    };
    opened.push(stop);
    return { ...service, databaseUrl, stop };
  }

  async function createDatabaseUrl(): Promise<string> {
    const database = await createTestDatabase({ service: 'provider-orchestrator' });
    opened.push(() => database.drop());
    return database.url;
  }

  return {
    start,
    createDatabaseUrl,
    async closeAll() {
      for (let close = opened.pop(); close !== undefined; close = opened.pop()) await close();
    },
  };
}

/** The header of a peer, signed with the installation's key or a stranger's. */
export async function asPeer(name: PeerName, key: string = signingKey): Promise<Record<string, string>> {
  const signer = createIdentitySigner(createInternalKeyring(key), name);
  return { [peerHeader]: await signer.signPeer('provider-orchestrator') };
}

export async function asPrincipal(scopes: Principal['scopes']): Promise<Record<string, string>> {
  const signer = createIdentitySigner(createInternalKeyring(signingKey), 'api-gateway');
  const principal: Principal = {
    orgId: '0192f0c0-0000-7000-8000-000000000001',
    userId: '0192f0c0-0000-7000-8000-000000000002',
    keyId: null,
    scopes,
    models: null,
    limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
  };
  return { [principalHeader]: await signer.signPrincipal(principal, 'provider-orchestrator') };
}

/** Calls the management API as a user who may manage providers. */
export async function manage(
  orchestrator: { url: string },
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; headers: Headers; text: string; body: unknown }> {
  const response = await fetch(`${orchestrator.url}/v1/orchestrator${path}`, {
    method,
    headers: {
      ...(await asPrincipal(['providers:manage'])),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: JSON.parse(text) };
}

export const encryptionKey = randomBytes(32).toString('base64url');

export const strangersKey = randomBytes(32).toString('base64url');

/** The events of a stream of snapshots so far. */
export interface ReadStream {
  readonly status: number;
  readonly lines: readonly SnapshotStreamLine[];
  /** Its end: by the server, by a broken connection, or not yet. */
  readonly end: 'open' | 'whole' | 'broken';
  close(): void;
}

export async function readStream(url: string, proxyId: string): Promise<ReadStream> {
  const abort = new AbortController();
  const response = await fetch(`${url}/internal/snapshots?proxyId=${proxyId}`, {
    headers: await asPeer('proxy'),
    signal: abort.signal,
  });
  const stream: { status: number; lines: SnapshotStreamLine[]; end: ReadStream['end']; close(): void } = {
    status: response.status,
    lines: [],
    end: 'open',
    close: () => abort.abort(),
  };
  const read = async () => {
    let rest = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop() ?? '';
      for (const line of parts) stream.lines.push(snapshotStreamLine.parse(JSON.parse(line)));
    }
  };
  read().then(
    () => {
      stream.end = 'whole';
    },
    () => {
      stream.end = 'broken';
    },
  );
  return stream;
}

/** The versions of the snapshots that came, in their order. */
export function versionsOf(stream: ReadStream): number[] {
  return stream.lines.flatMap((line) => (line.kind === 'snapshot' ? [line.snapshot.version] : []));
}
