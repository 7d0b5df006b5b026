import type { IncomingMessage, ServerResponse } from 'node:http';
import { noSniffing } from '@aggregator/service-kit';
import { sessionHeader } from '../browser-session/session-cookie.ts';

const methods = 'GET, POST, PUT, PATCH, DELETE';
/** Browsers keep an answer to a preflight for at most two hours. */
const preflightSeconds = 7200;
const requestedLengthMax = 4096;
/** Response headers that a page can read. */
const exposed = [
  ...['x-request-id', 'request-id', 'retry-after', 'x-should-retry', 'location', 'etag'],
  ...['ratelimit', 'ratelimit-policy'],
  ...['limit', 'remaining', 'reset'].flatMap((part) => [`x-ratelimit-${part}-requests`, `x-ratelimit-${part}-tokens`]),
  ...['provider', 'attempts', 'cache', 'dropped-params', 'estimated', 'privacy'].map((name) => `x-aggregator-${name}`),
].join(', ');

/** Returns true if it has answered the request: a preflight of an allowed page. */
export type Cors = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * Lets pages of some origins call the API (Fetch standard, CORS protocol). Every response to such a page has the headers, also an error.
 * No cookie passes: a page of another origin sends an API key or an access token.
 */
export function createCors(origins: readonly string[] | undefined): Cors {
  if (origins === undefined) return () => false;
  const allowed = new Set(origins);
  const isOpen = allowed.has('*');
  return (request, response) => {
    const { origin = '' } = request.headers;
    if (!isOpen && !allowed.has(origin)) return false;
    response.setHeader('access-control-allow-origin', isOpen ? '*' : origin);
    if (!isOpen) response.setHeader('vary', 'origin');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      response.setHeader('access-control-expose-headers', exposed);
      return false;
    }
    response.writeHead(204, {
      ...noSniffing,
      'access-control-allow-methods': methods,
      'access-control-allow-headers': toAllowed(request.headers['access-control-request-headers']),
      'access-control-max-age': String(preflightSeconds),
    });
    response.end();
    // A preflight has no body. A client that sends one must not have it read as its next request.
    request.resume();
    return true;
  };
}

/** SDKs send headers of their own, which services ignore. Only that which makes a cookie count is not for other origins. */
function toAllowed(requested: string | undefined): string {
  if (requested === undefined || requested.length > requestedLengthMax) return 'authorization, content-type, x-api-key';
  const names = requested.split(',').map((name) => name.trim().toLowerCase());
  return names.filter((name) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && name !== sessionHeader).join(', ');
}
