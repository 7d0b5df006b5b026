import type { IncomingMessage } from 'node:http';
import { AppError } from '@aggregator/contracts';

/**
 * A browser sends this header with the value `cookie` to keep its refresh token where no script reads it. Another origin cannot
 * send it without the permission of CORS, which this API never gives together with credentials.
 */
export const sessionHeader = 'x-aggregator-session';

/** As long as a cookie is kept without a refresh. The session itself ends when auth says so. */
const maxAgeSeconds = 30 * 24 * 3600;
const tokenPattern = /^[\w-]{1,512}$/;

/** Where the refresh token of a browser is kept. */
export interface SessionCookie {
  /** As the browser sent it; null if it has none. */
  readonly token: string | null;
  /** Value of `Set-Cookie` that keeps a token, or deletes it. */
  write(token: string | null): string;
}

/**
 * Returns null for a request that wants no cookie.
 * @throws {AppError} `insufficient_permissions` if another origin sent it
 */
export function readSessionCookie(request: IncomingMessage): SessionCookie | null {
  if (request.headers[sessionHeader] !== 'cookie') return null;
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  // A browser of today says where the page is from. Otherwise its origin must be the address that was asked.
  const isForeign = site === undefined ? origin !== undefined && hostOf(origin) !== host : site !== 'same-origin';
  if (isForeign) {
    throw new AppError('insufficient_permissions', {
      message: 'A session cookie belongs to the pages of this address.',
    });
  }
  const isSecure = origin?.startsWith('https:') ?? false;
  const name = isSecure ? '__Host-aggregator-session' : 'aggregator-session';
  return {
    token: findCookie(request.headers.cookie ?? '', name),
    write(token) {
      const life = token === null ? 0 : maxAgeSeconds;
      return `${name}=${token ?? ''}; Path=/; Max-Age=${life}; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
    },
  };
}

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function findCookie(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at !== -1 && part.slice(0, at).trim() === name) {
      const value = part.slice(at + 1).trim();
      return tokenPattern.test(value) ? value : null;
    }
  }
  return null;
}
