import type { IncomingHttpHeaders } from 'node:http';
import { AppError, type CacheMarks, cacheMarks, type Principal } from '@aggregator/contracts';

const header = 'x-aggregator-cache-marks';

/**
 * Whether marks of a provider's prompt cache are set for a request that has none: as the request says, or else its key. Null if
 * neither says anything: then the provider's option decides.
 * @throws {AppError} `invalid_value` for a header that is not understood
 */
export function chooseCacheMarks(
  { cacheMarks: own }: Pick<Principal, 'cacheMarks'>,
  headers: IncomingHttpHeaders,
): CacheMarks | null {
  const asked = headers[header];
  if (asked === undefined) return own ?? null;
  const parsed = cacheMarks.safeParse(String(asked).trim().toLowerCase());
  if (parsed.success) return parsed.data;
  throw new AppError('invalid_value', { param: header, message: `'${header}' can only be 'auto' or 'none'.` });
}
