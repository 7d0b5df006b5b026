import type { IncomingHttpHeaders } from 'node:http';
import { packedHeader, ssoCookieName } from '@aggregator/contracts';

/**
 * Client headers that are forwarded to a service; all others are dropped, with any name. Our own headers by their whole
 * names: the services pass the principal to each other in headers of the same prefix.
 */
const requestHeaders: ReadonlySet<string> = new Set([
  'accept',
  'content-type',
  'content-encoding',
  'idempotency-key',
  'if-match',
  'if-none-match',
  'anthropic-version',
  'anthropic-beta',
  'openai-beta',
  'stripe-signature',
  'github-public-key-identifier',
  'github-public-key-signature',
  'x-aggregator-signature',
  'x-session-id',
  'x-aggregator-cache',
  'x-aggregator-cache-marks',
  'x-aggregator-privacy',
  'x-aggregator-additions',
  'x-aggregator-end-user',
  'x-aggregator-tags',
]);

/** Headers of a service's answer that go back to the client. */
const responseHeaders: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'cache-control',
  'location',
  'etag',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'x-should-retry',
  'x-accel-buffering',
]);
const responsePrefixes = ['x-aggregator-', 'x-ratelimit-'];

/** A new header object: never the client's own, so that no duplicate or hop-by-hop header slips through. */
export function toForwardHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const forwarded: Record<string, string> = {};
  for (const name in headers) {
    if (!requestHeaders.has(name)) continue;
    const value = headers[name];
    if (typeof value === 'string') forwarded[name] = value;
  }
  return forwarded;
}

/** The credential of a client, for a service that knows it itself. */
export function toForwardCredential({ authorization }: IncomingHttpHeaders): { readonly authorization?: string } {
  return authorization === undefined ? {} : { authorization };
}

/** The one cookie that a route takes, if the client sent it. */
export function toForwardCookie(
  { cookie }: IncomingHttpHeaders,
  name: string | undefined,
): { readonly cookie?: string } {
  if (name === undefined || cookie === undefined) return {};
  const pair = cookie.split(';').find((part) => part.trim().startsWith(`${name}=`));
  return pair === undefined ? {} : { cookie: pair.trim() };
}

/** The cookie of a login at an identity provider, as `toAnswerHeaders` takes it. No other cookie passes. */
export function toOwnCookies(headers: IncomingHttpHeaders): string[] {
  const cookies = headers['set-cookie'] ?? [];
  return cookies.filter((value) => value.startsWith(`${ssoCookieName}=`)).flatMap((value) => ['set-cookie', value]);
}

/**
 * What a client may see of an answer's headers, behind those of our own: names and values in turn, as Node writes them without
 * making an object of them first.
 */
export function toAnswerHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  own: readonly string[],
): string[] {
  const answered = [...own];
  for (const name in headers) {
    const value = headers[name];
    if (typeof value !== 'string') continue;
    if (name === packedHeader) unpack(value, answered);
    else if (mayPass(name)) answered.push(name, value);
  }
  return answered;
}

function unpack(packed: string, answered: string[]): void {
  const pairs = packed.split('\t');
  for (let at = 0; at + 1 < pairs.length; at += 2) {
    const name = pairs[at] ?? '';
    if (mayPass(name)) answered.push(name, pairs[at + 1] ?? '');
  }
}

function mayPass(name: string): boolean {
  // Most are of these two prefixes, and a name that was cut from a text has no hash yet.
  return responsePrefixes.some((prefix) => name.startsWith(prefix)) || responseHeaders.has(name);
}
