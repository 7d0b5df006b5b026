import { type IncomingMessage, ServerResponse } from 'node:http';
import type { SessionCookie } from './session-cookie.ts';

const answerBytesMax = 64 * 1024;
/** Paths whose body takes the refresh token. */
const readers: ReadonlySet<string> = new Set(['/v1/auth/refresh', '/v1/auth/logout']);

/** Returns the body with the token of the cookie, where the route takes one and the body has none. */
export function withCookieToken(path: string, body: Buffer, cookie: SessionCookie): Buffer {
  if (!readers.has(path) || cookie.token === null) return body;
  const given = parseObject(body.length === 0 ? '{}' : body.toString());
  if (given === null || 'refreshToken' in given) return body;
  return Buffer.from(JSON.stringify({ ...given, refreshToken: cookie.token }));
}

/**
 * A response of auth that passes to the client when it is whole, with its `refreshToken` in a cookie and not in the body. A
 * session that is over takes its cookie with it.
 */
export class CookieResponse extends ServerResponse {
  readonly #client: ServerResponse;
  readonly #cookie: SessionCookie;
  readonly #path: string;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(request: IncomingMessage, client: ServerResponse, path: string, cookie: SessionCookie) {
    super(request);
    this.#client = client;
    this.#path = path;
    this.#cookie = cookie;
    client.once('close', () => this.destroy());
  }

  override writeHead(status: number, ...rest: readonly unknown[]): this {
    const headers = rest.find((part) => Array.isArray(part));
    for (let at = 0; Array.isArray(headers) && at + 1 < headers.length; at += 2) {
      if (headers[at] !== 'content-length') this.appendHeader(String(headers[at]), String(headers[at + 1]));
    }
    this.statusCode = status;
    return this;
  }

  override write(chunk: unknown): boolean {
    const bytes = toBytes(chunk);
    this.#bytes += bytes.length;
    if (this.#bytes > answerBytesMax) this.#client.destroy();
    else this.#chunks.push(bytes);
    return true;
  }

  override end(...[chunk]: readonly unknown[]): this {
    if (this.#client.headersSent || this.#client.destroyed) return this;
    if (chunk !== undefined && typeof chunk !== 'function') this.write(chunk);
    const text = Buffer.concat(this.#chunks).toString();
    const { body, token } = takeToken(text);
    for (const [name, value] of Object.entries(this.getHeaders())) {
      if (value !== undefined) this.#client.setHeader(name, value);
    }
    const isOver = this.statusCode === 401 || this.#path === '/v1/auth/logout';
    if (token !== null) this.#client.appendHeader('set-cookie', this.#cookie.write(token));
    else if (readers.has(this.#path) && isOver) this.#client.appendHeader('set-cookie', this.#cookie.write(null));
    const bytes = Buffer.from(body);
    if (this.statusCode !== 204) this.#client.setHeader('content-length', bytes.length);
    this.#client.writeHead(this.statusCode).end(bytes);
    return super.end();
  }
}

function takeToken(text: string): { body: string; token: string | null } {
  const answer = parseObject(text);
  if (answer === null || typeof answer.refreshToken !== 'string') return { body: text, token: null };
  const { refreshToken, ...rest } = answer;
  return { body: JSON.stringify(rest), token: String(refreshToken) };
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null;
  } catch {
    return null;
  }
}

function toBytes(chunk: unknown): Buffer {
  return typeof chunk === 'string'
    ? Buffer.from(chunk)
    : chunk instanceof Uint8Array
      ? Buffer.from(chunk)
      : Buffer.alloc(0);
}
