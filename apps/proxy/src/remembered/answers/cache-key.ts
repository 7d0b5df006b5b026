import { createHash, type Hash } from 'node:crypto';
import { isExactNumber, type PrivacyPolicy } from '@aggregator/contracts';
import { writeJsonPieces } from '@aggregator/service-kit';

export interface CacheSubject {
  readonly orgId: string;
  /** Who would serve it. */
  readonly provider: string;
  readonly model: string;
  readonly operation: 'chat.completions' | 'embeddings';
  /** As it goes out: masked, with what was remembered for it. */
  readonly request: Readonly<Record<string, unknown>>;
  /** What was masked in it, if anything. */
  readonly privacy: PrivacyPolicy | null;
}

/**
 * Fields that change who answers, how it is delivered or what is written down of it, but not what is answered. Everything
 * else is a part of the key, also a field that is not known yet. `model` in the key is the one that serves.
 */
const indifferent: ReadonlySet<string> = new Set([
  'metadata',
  'model',
  'models',
  'prompt_cache_key',
  'prompt_cache_options',
  'prompt_cache_retention',
  'provider',
  'safety_identifier',
  'stream',
  'stream_options',
  'user',
]);

/**
 * `proxy:cache:<provider>:<model>:{<organisation>}:<hash>`. The hash is the SHA-256 of everything that changes the answer,
 * the organisation included: no two of them ever share one.
 */
export function toCacheKey(subject: CacheSubject): string {
  return toKey(subject, createHash('sha256').update(JSON.stringify(readContent(subject), inOrder)));
}

/** The same key of a large request. Others have a turn while it is made. */
export async function toCacheKeyInTurns(subject: CacheSubject, takeTurn: () => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  await writeJsonPieces(readContent(subject), (piece) => hash.update(piece), { takeTurn, replacer: inOrder });
  return toKey(subject, hash);
}

function readContent({ orgId, provider, model, operation, request, privacy }: CacheSubject): readonly unknown[] {
  const asked = Object.fromEntries(Object.entries(request).filter(([name]) => !indifferent.has(name)));
  return [orgId, provider, model, operation, privacy, asked];
}

function toKey({ orgId, provider, model }: CacheSubject, hash: Hash): string {
  return `proxy:cache:${toKeyPart(provider)}:${toKeyPart(model)}:{${orgId}}:${hash.digest('hex')}`;
}

/** Makes the JSON text the same for the same value, in any order of its fields. */
function inOrder(_name: string, part: unknown): unknown {
  if (typeof part !== 'object' || part === null || Array.isArray(part) || isExactNumber(part)) return part;
  return Object.fromEntries(Object.entries(part).sort(byName));
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** Braces name the slot of a cluster, and only the organisation's may. */
function toKeyPart(name: string): string {
  return name.slice(0, 256).replaceAll(/[{}\s]/g, '_');
}
