import type { IncomingHttpHeaders } from 'node:http';

/**
 * Client headers that go on to a service; all others end here, whatever a client calls them. Ours by their whole names:
 * who asks is told among the services in headers of the same prefix.
 */
const requestHeaders = [
  'accept',
  'content-type',
  'content-encoding',
  'idempotency-key',
  'anthropic-version',
  'anthropic-beta',
  'x-session-id',
  'x-aggregator-cache',
  'x-aggregator-privacy',
  'x-aggregator-additions',
] as const;

/** Headers of a service's answer that go back to the client. */
const responseHeaders = [
  'content-type',
  'content-length',
  'cache-control',
  'location',
  'retry-after',
  'ratelimit',
  'ratelimit-policy',
  'x-should-retry',
  'x-accel-buffering',
] as const;
const responsePrefixes = ['x-aggregator-', 'x-ratelimit-'];

/** A new header object: never the client's own, so that no duplicate or hop-by-hop header slips through. */
export function toForwardHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const forwarded: Record<string, string> = {};
  for (const name of requestHeaders) {
    const value = headers[name];
    if (typeof value === 'string') forwarded[name] = value;
  }
  return forwarded;
}

/** Copies what a client may see of an answer's headers. */
export function copyAnswerHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  set: (name: string, value: string) => void,
): void {
  for (const name of responseHeaders) {
    const value = headers[name];
    if (typeof value === 'string') set(name, value);
  }
  for (const name in headers) {
    if (!responsePrefixes.some((prefix) => name.startsWith(prefix))) continue;
    const value = headers[name];
    if (typeof value === 'string') set(name, value);
  }
}
