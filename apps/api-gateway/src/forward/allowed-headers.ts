import type { IncomingHttpHeaders } from 'node:http';

/**
 * Client headers that go on to a service; all others end here, whatever a client calls them. Ours by their whole names:
 * who asks is told among the services in headers of the same prefix.
 */
const requestHeaders: ReadonlySet<string> = new Set([
  'accept',
  'content-type',
  'content-encoding',
  'idempotency-key',
  'anthropic-version',
  'anthropic-beta',
  'openai-beta',
  'x-session-id',
  'x-aggregator-cache',
  'x-aggregator-privacy',
  'x-aggregator-additions',
]);

/** Headers of a service's answer that go back to the client. */
const responseHeaders: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'cache-control',
  'location',
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
    if (!responseHeaders.has(name) && !responsePrefixes.some((prefix) => name.startsWith(prefix))) continue;
    const value = headers[name];
    if (typeof value === 'string') answered.push(name, value);
  }
  return answered;
}
