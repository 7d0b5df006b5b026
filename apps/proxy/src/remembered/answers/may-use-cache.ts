import type { IncomingHttpHeaders } from 'node:http';
import type { ChatCompletionRequest } from '@aggregator/contracts';

/** `deterministic`: where the request asks for the same answer each time; `all`: every chat and embeddings. */
export type CachePolicy = 'deterministic' | 'all' | 'off';

/** `store-only`: a fresh answer is wanted, and may be kept; `bypass`: nothing is read, nothing is kept. */
export type CacheUse = 'use' | 'store-only' | 'bypass';

/**
 * What a request lets us do. `chat` is null for embeddings. The caller's `cache-control` and `x-aggregator-cache` may ask
 * for less, as HTTP caches understand it: `no-store`, `no-cache` (`max-age=0`, `refresh`).
 * Source: RFC 9111 §5.2.1.
 */
export function mayUseCache(
  headers: IncomingHttpHeaders,
  chat: ChatCompletionRequest | null,
  policy: CachePolicy,
): CacheUse {
  if (policy === 'off' || (policy === 'deterministic' && !isDeterministic(chat))) return 'bypass';
  const directives = [headers['cache-control'], headers['x-aggregator-cache']].flatMap(readDirectives);
  if (directives.includes('no-store')) return 'bypass';
  return directives.some((one) => freshOnly.has(one)) ? 'store-only' : 'use';
}

const freshOnly: ReadonlySet<string> = new Set(['no-cache', 'max-age=0', 'refresh']);

function isDeterministic(chat: ChatCompletionRequest | null): boolean {
  // What the web says is another thing tomorrow.
  if (chat === null || (chat.web_search_options ?? null) !== null) return false;
  return chat.temperature === 0 || chat.top_k === 1 || typeof chat.seed === 'number';
}

function readDirectives(value: string | string[] | undefined): string[] {
  return String(value ?? '')
    .toLowerCase()
    .split(',')
    .map((directive) => directive.replaceAll(/\s/g, ''));
}
