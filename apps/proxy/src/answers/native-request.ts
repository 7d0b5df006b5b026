import { parseExactRecord } from '@aggregator/contracts';
import type { NativeLane, NativeRequest, ProviderAdapter } from '@aggregator/providers';
import type { ChatSurface, SurfaceRequest } from '@aggregator/surfaces';
import type { Exchange } from '../exchange.ts';

/** Headers of a client that speak to a provider of the same dialect, and that no other provider understands. */
const dialectHeaders = ['anthropic-beta', 'openai-beta'] as const;

/**
 * Returns a request as it came, for providers that speak its dialect; null if it may not go out so: thoughts that were sealed
 * for another provider are opened by the translation alone.
 * @param bytes Null if the body was changed since it came.
 */
export function toNativeRequest(
  surface: Pick<ChatSurface, 'native'>,
  { bytes, body }: { readonly bytes: Buffer | null; readonly body: Readonly<Record<string, unknown>> },
  { hasSealedThoughts = false }: Pick<SurfaceRequest, 'hasSealedThoughts'>,
  { request: { headers } }: Pick<Exchange, 'request'>,
): ArrivedRequest | null {
  if (surface.native === undefined || hasSealedThoughts) return null;
  return new ArrivedRequest(bytes, body, headers);
}

/** A class, because V8 makes a hidden class for each object that has its own getter, which costs more than the request. */
class ArrivedRequest implements NativeRequest {
  readonly #bytes: Buffer | null;
  #text: string | null = null;
  readonly body: NativeRequest['body'];
  readonly headers: NativeRequest['headers'];

  constructor(bytes: Buffer | null, body: NativeRequest['body'], headers: NativeRequest['headers']) {
    this.#bytes = bytes;
    this.body = body;
    this.headers = headers;
  }

  get text(): string {
    this.#text ??= this.#bytes === null ? JSON.stringify(this.body) : mendSurrogates(this.#bytes.toString());
    return this.#text;
  }

  /**
   * Makes the text of a large request before it is read. A text that may have lone surrogates is written again by `write`, which
   * gives others turns: in `body` they are replaced already.
   */
  async writeText(write: (fields: unknown) => Promise<string>): Promise<void> {
    const arrived = this.#bytes?.toString() ?? null;
    this.#text = arrived === null || mayHaveLone(arrived) ? await write(this.body) : arrived;
  }
}

/** Returns a small request with another text; null if that is no JSON object. */
export function changeNativeText(request: NativeRequest, text: string): NativeRequest | null {
  if (text === request.text) return request;
  const body = parseExactRecord(text);
  return body === null ? null : { text, body, headers: request.headers };
}

/** A lone surrogate as JSON can write it: providers reject it, and it becomes U+FFFD as in translated text. */
const loneSurrogate =
  /(?<!\\)((?:\\\\)*)(?:\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2})/g;

/** A half of a pair without its other half. */
const loneHalf =
  /\\u[dD](?:[89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD])[c-fC-F])/;

/**
 * False for a text that surely has none: most have pairs alone. Each search takes a few milliseconds of the longest text. Behind
 * an escaped backslash the half of a pair is no escape, so that a text with one is not judged here.
 */
function mayHaveLone(text: string): boolean {
  return /\\u[dD]/.test(text) && (loneHalf.test(text) || /\\\\u[dD]/.test(text));
}

function mendSurrogates(text: string): string {
  if (!mayHaveLone(text)) return text;
  return text.replace(loneSurrogate, (found, slashes: string) =>
    found.length - slashes.length === 12 ? found : `${slashes}\\ufffd`,
  );
}

/** Returns the native lane of a request at a target; null if it has to be translated. */
export function findNativeLane(
  surface: Pick<ChatSurface, 'name'>,
  native: NativeRequest | null,
  adapter: Pick<ProviderAdapter, 'native'>,
  target: Parameters<NativeLane['serves']>[0],
): NativeLane | null {
  return native === null ? null : nativeLaneOf(surface.name, adapter, target);
}

/** Returns the native lane of a surface at a model; null if its requests are translated. */
export function nativeLaneOf(
  name: ChatSurface['name'],
  { native }: Pick<ProviderAdapter, 'native'>,
  target: Parameters<NativeLane['serves']>[0],
): NativeLane | null {
  const lane = name === 'completions' ? undefined : native[name];
  return lane?.serves(target) === true ? lane : null;
}

/** Returns what a client asks of the dialect by headers: it may change the answer. */
export function nameDialect({ headers }: NativeRequest): readonly unknown[] {
  return dialectHeaders.map((name) => headers[name] ?? null);
}

/** Returns the names of the headers that a translated request leaves out. */
export function nameDialectHeaders({ request: { headers } }: Pick<Exchange, 'request'>): readonly string[] {
  return dialectHeaders.filter((name) => (headers[name] ?? '') !== '');
}
