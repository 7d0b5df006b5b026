import { createHash } from 'node:crypto';
import { AppError } from '@aggregator/contracts';
import type { Request, RequestHandler, Response } from 'express';

/** Longest `If-Match` that is read. */
const ifMatchLengthMax = 4096;
const hashLength = 22;

/** Returns a strong entity tag of a JSON value (RFC 9110, section 8.8.3). */
export function toEntityTag(value: unknown): string {
  return tagOf(JSON.stringify(value));
}

/** Entity tag of each JSON answer, as Express computes it: `app.set('etag', tagOfBody)`. */
export const tagOfBody = (body: string | Buffer): string => tagOf(body);

/**
 * Sends a resource of which a part changes without a caller, such as health. `If-Match` then compares what callers change;
 * `If-None-Match` compares the whole.
 */
export function sendTagged(response: Response, resource: unknown, changedByCallers: unknown): void {
  const whole = toEntityTag(resource).slice(1, -1);
  response.set('etag', `"${toEntityTag(changedByCallers).slice(1, -1)}.${whole}"`).json(resource);
}

/** Returns the `If-Match` of a request; undefined if it has none. */
export function readIfMatch(request: Request): string | undefined {
  return request.headers['if-match'];
}

/**
 * Compares the caller's `If-Match` with the resource as it is now (RFC 9110, section 13.1.1). Call it inside the transaction
 * of the change, after the lock. `readCurrent` is called only if the request has the header; it returns what a GET shows,
 * null if there is no such resource.
 * @throws {AppError} `precondition_failed`
 */
export async function requireMatch(ifMatch: string | undefined, readCurrent: () => unknown): Promise<void> {
  if (ifMatch === undefined) return;
  const current = await readCurrent();
  if (current !== null && matches(ifMatch.slice(0, ifMatchLengthMax), toEntityTag(current))) return;
  throw new AppError('precondition_failed');
}

/** A browser keeps an answer for one user, and asks each time whether it still holds. A handler can set another rule. */
export const revalidate: RequestHandler = (request, response, next) => {
  if (request.method === 'GET') response.set('cache-control', 'private, no-cache');
  next();
};

function matches(ifMatch: string, tag: string): boolean {
  const named = ifMatch.split(',').map((part) => part.trim());
  // A tag of two parts names the part that callers change first.
  return named.some((each) => each === '*' || each.replace(/^("[\w-]+)\.[\w-]+"$/, '$1"') === tag);
}

function tagOf(text: string | Buffer): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, hashLength)}"`;
}
