import type { IncomingHttpHeaders } from 'node:http';
import { AppError } from '@aggregator/contracts';

const idempotencyKeyHeader = 'idempotency-key';

/** Two headers of the name are joined by a comma and a space, so they are no key. */
const wellFormed = /^[\x21-\x7e]{1,255}$/;

/**
 * Returns the `Idempotency-Key` of a request; null without the header.
 * @throws {AppError} `invalid_value` for a key that is empty, longer than 255 characters, or not of visible ASCII characters.
 */
export function readIdempotencyKey(headers: IncomingHttpHeaders): string | null {
  const key = headers[idempotencyKeyHeader];
  if (key === undefined) return null;
  if (typeof key === 'string' && wellFormed.test(key)) return key;
  throw new AppError('invalid_value', {
    message: 'The header Idempotency-Key must have 1 to 255 visible ASCII characters, without spaces, once.',
  });
}
