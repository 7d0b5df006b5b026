import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.ts';

const scheme = 'Bearer ';

/**
 * A key that is sent must begin as the vendor's keys do; without a prefix, and without a key, every client is served.
 */
export function checkKey({ headers }: IncomingMessage, prefix: string | undefined): void {
  const { authorization } = headers;
  if (prefix === undefined || authorization === undefined) return;
  if (authorization.startsWith(`${scheme}${prefix}`)) return;
  throw new Refusal(401, { message: 'Incorrect API key provided.', code: 'invalid_api_key' });
}
