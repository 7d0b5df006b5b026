import { type Clock, type KubernetesConnection, KubernetesError, resourcePath } from '@aggregator/kubernetes';
import { z } from 'zod';
import { secretKind } from '../watch/kinds.ts';
import type { SecretVersion } from '../watch/open-watches.ts';
import type { KeyProblem } from './key-reading.ts';
import { type KeyValue, readKey } from './read-key.ts';

/** What is remembered of a Secret: which version was read, and what was wrong with its keys. Never what is in it. */
export interface KnownSecret {
  /** Null where there is no such Secret. */
  readonly version: Pick<SecretVersion, 'uid' | 'resourceVersion'> | null;
  /** What the cache knew of it when it was read: it may be behind, and is then no news when it catches up. */
  readonly cachedVersion: string | null;
  readonly readAtMs: number;
  readonly problems: ReadonlyMap<string, KeyProblem | null>;
}

export interface SecretRead {
  readonly known: KnownSecret;
  /** Of the keys that were asked for; empty where nothing had to be read. */
  readonly values: ReadonlyMap<string, KeyValue>;
}

/** A Secret whose changes no watch reports is read again after so long. */
export const unwatchedMs = 60_000;

const secret = z.object({
  metadata: z.object({ uid: z.string(), resourceVersion: z.string() }),
  data: z.record(z.string(), z.string()).nullish(),
});

/** True if what is known may still be believed. */
export function isFresh(known: KnownSecret, cached: SecretVersion | undefined, nowMs: number): boolean {
  if (cached === undefined) return known.cachedVersion === null && nowMs - known.readAtMs < unwatchedMs;
  return cached.resourceVersion === known.cachedVersion || cached.resourceVersion === known.version?.resourceVersion;
}

/** Asks the API server itself, for the cache may be a rotation behind. Throws KubernetesError if it does not answer. */
export async function readSecret(options: {
  readonly connection: KubernetesConnection;
  readonly at: { readonly namespace: string; readonly name: string };
  readonly cached: SecretVersion | undefined;
  readonly secretKeys: readonly string[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}): Promise<SecretRead> {
  const { connection, at, cached, secretKeys, clock, signal } = options;
  const found = await get(connection, at, signal);
  const known = { cachedVersion: cached?.resourceVersion ?? null, readAtMs: clock.nowMs() };
  if (found === null) return { known: { ...known, version: null, problems: new Map() }, values: new Map() };
  const values = new Map(secretKeys.map((key) => [key, readKey(found.data ?? {}, key)]));
  const problems = new Map([...values].map(([key, value]) => [key, 'problem' in value ? value.problem : null]));
  return { known: { ...known, version: found.metadata, problems }, values };
}

async function get(
  connection: KubernetesConnection,
  at: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
) {
  try {
    return secret.parse(await connection.request({ method: 'GET', path: resourcePath(secretKind, at), signal }));
  } catch (error) {
    if (error instanceof KubernetesError && error.status === 404) return null;
    // What breaks the schema would be repeated by the error, values included.
    if (error instanceof z.ZodError) throw new KubernetesError(0, 'Unreadable', 'the answer is no Secret');
    throw error;
  }
}
