import type { NativeLane, NativeRequest, ProviderAdapter } from '@aggregator/providers';
import type { ChatSurface, SurfaceRequest } from '@aggregator/surfaces';
import type { Exchange } from '../exchange.ts';

/** Headers of a client that speak to a provider of the same dialect, and that no other provider understands. */
const dialectHeaders = ['anthropic-beta', 'openai-beta'] as const;

/**
 * Returns a request as it came, for providers that speak its dialect; null if it may not go out so. A request is translated
 * if anything is masked, because then only known texts may go out; and if it holds thoughts that were sealed for another
 * provider, which only the translation opens.
 */
export function toNativeRequest(
  surface: Pick<ChatSurface, 'native'>,
  { bytes, body }: { readonly bytes: Buffer; readonly body: Readonly<Record<string, unknown>> },
  { hasSealedThoughts = false }: Pick<SurfaceRequest, 'hasSealedThoughts'>,
  { request: { headers } }: Pick<Exchange, 'request'>,
): NativeRequest | null {
  if (surface.native === undefined || hasSealedThoughts) return null;
  return {
    ...{ body, headers },
    get text() {
      return bytes.toString();
    },
  };
}

/** Returns the native lane of a request at a provider; null if it has to be translated. */
export function findNativeLane(
  { name }: Pick<ChatSurface, 'name'>,
  native: NativeRequest | null,
  adapter: Pick<ProviderAdapter, 'native'>,
): NativeLane | null {
  if (native === null || name === 'completions') return null;
  return adapter.native[name] ?? null;
}

/** Returns what a client asks of the dialect by headers: it may change the answer. */
export function nameDialect({ headers }: NativeRequest): readonly unknown[] {
  return dialectHeaders.map((name) => headers[name] ?? null);
}

/** Returns the names of the headers that a translated request leaves out. */
export function nameDialectHeaders({ request: { headers } }: Pick<Exchange, 'request'>): readonly string[] {
  return dialectHeaders.filter((name) => (headers[name] ?? '') !== '');
}
