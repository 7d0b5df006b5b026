import { setTimeout as wait } from 'node:timers/promises';
import {
  credentialsAnswer,
  peerHeader,
  providerName,
  type RoutingSnapshot,
  routingSnapshot,
  type SnapshotAck,
} from '@aggregator/contracts';
import type { IdentitySigner, InternalClient } from '@aggregator/service-kit';
import { type Agent, request } from 'undici';
import { z } from 'zod';
import type { ProxyEvents } from '../events.ts';
import type { Credentials } from '../upstream/credentials.ts';
import type { ProviderPools } from '../upstream/provider-pools.ts';
import { readLines } from './read-lines.ts';
import { saveSnapshot } from './saved-snapshot.ts';
import type { CurrentSnapshot } from './swap-snapshot.ts';

export interface FollowOptions {
  readonly proxyId: string;
  readonly orchestratorUrl: string;
  readonly snapshotPath: string;
  /** The orchestrator pings more often than this; without one it is dead, or the way to it is. */
  readonly silenceMsMax: number;
  readonly agent: Agent;
  readonly signer: IdentitySigner;
  /** For acknowledgements. */
  readonly orchestrator: InternalClient;
  readonly current: CurrentSnapshot;
  readonly pools: ProviderPools;
  readonly credentials: Credentials;
  /** What is remembered of targets that are gone can be forgotten. */
  onSwap(): void;
  readonly events: ProxyEvents;
}

const lineBytesMax = 32 * 1024 * 1024;
const headersTimeoutMs = 5000;
const credentialsAtOnceMax = 500;
const pauseMsMin = 100;
const pauseMsMax = 5000;

/** As loose as can be, so that a snapshot that breaks the contract can be refused by its number. */
const looseLine = z.object({
  kind: z.string(),
  snapshot: z.unknown().optional(),
  unhealthy: z.array(providerName).max(500).optional(),
});
const looseSnapshot = z.object({ epoch: z.number().int().min(1), version: z.number().int().min(1) });

/** Keeps the orchestrator's stream of snapshots open until `signal`: connects again, with back-off, however it ends. */
export async function followSnapshots(options: FollowOptions, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await followOnce(options, signal, () => {
        failures = 0;
      });
    } catch (error) {
      if (signal.aborted) return;
      options.events.snapshotStreamLost(error);
    }
    const longestMs = Math.min(pauseMsMin * 2 ** Math.min(failures, 20), pauseMsMax);
    failures += 1;
    await wait(longestMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }
}

async function followOnce(options: FollowOptions, signal: AbortSignal, onLine: () => void): Promise<void> {
  const url = new URL('/internal/snapshots', options.orchestratorUrl);
  url.searchParams.set('proxyId', options.proxyId);
  const { statusCode, body } = await request(url, {
    dispatcher: options.agent,
    headers: { [peerHeader]: await options.signer.signPeer('provider-orchestrator') },
    headersTimeout: headersTimeoutMs,
    bodyTimeout: options.silenceMsMax,
    signal,
  });
  if (statusCode !== 200) {
    await body.dump();
    throw new Error(`the orchestrator answered ${statusCode}`);
  }
  for await (const line of readLines(body, lineBytesMax)) {
    onLine();
    const parsed = looseLine.safeParse(parseJson(line));
    if (!parsed.success) throw new Error('the orchestrator sent a line that is none');
    const { kind, snapshot, unhealthy } = parsed.data;
    if (kind === 'snapshot') await takeSnapshot(options, snapshot);
    if (kind === 'health') options.current.setUnhealthy(unhealthy ?? []);
  }
  throw new Error('the orchestrator ended the stream');
}

/** Serves a good snapshot from now on; says no to a bad one and goes on with what there is. */
async function takeSnapshot(options: FollowOptions, offered: unknown): Promise<void> {
  const { current, events, pools, snapshotPath } = options;
  const parsed = routingSnapshot.safeParse(offered);
  if (!parsed.success) {
    const problems = parsed.error.issues.slice(0, 100).map(toProblem);
    events.snapshotRefused(problems);
    const named = looseSnapshot.safeParse(offered);
    if (named.success) await acknowledge(options, named.data, problems);
    return;
  }
  const snapshot = parsed.data;
  await fetchCredentials(options, snapshot);
  const result = current.swap(snapshot);
  if (result === 'older') return;
  if (result === 'swapped') {
    events.snapshotTaken(snapshot);
    pools.retain(snapshot.providers);
    options.onSwap();
    await saveSnapshot(snapshotPath, snapshot).catch((error: unknown) => events.snapshotNotSaved(error));
  }
  await acknowledge(options, snapshot, []);
}

/**
 * Keys that the orchestrator keeps come before the snapshot that names them is served, so that no request meets a provider
 * without its key. Where they do not come it is served all the same: its other providers are well.
 */
async function fetchCredentials(
  { credentials, events, orchestrator }: FollowOptions,
  snapshot: RoutingSnapshot,
): Promise<void> {
  const refs = credentials.findMissing(snapshot);
  let answered = {};
  for (let from = 0; from < refs.length; from += credentialsAtOnceMax) {
    const body = { refs: refs.slice(from, from + credentialsAtOnceMax) };
    try {
      const call = { method: 'POST', path: '/internal/credentials', body, answer: credentialsAnswer } as const;
      answered = { ...answered, ...(await orchestrator.call(call)).credentials };
    } catch (error) {
      events.snapshotStreamLost(error);
    }
  }
  credentials.replace(snapshot, answered);
}

async function acknowledge(
  { events, orchestrator, proxyId }: FollowOptions,
  { epoch, version }: Pick<RoutingSnapshot, 'epoch' | 'version'>,
  problems: string[],
): Promise<void> {
  const body: SnapshotAck = { proxyId, epoch, version, result: problems.length === 0 ? 'ack' : 'nack', problems };
  try {
    await orchestrator.call({ method: 'POST', path: '/internal/snapshots/acks', body, answer: z.unknown() });
  } catch (error) {
    events.snapshotStreamLost(error);
  }
}

function toProblem({ path, message }: z.core.$ZodIssue): string {
  return `${path.map(String).join('.')}: ${message}`.slice(0, 500);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
