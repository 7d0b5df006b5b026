import type { IncomingHttpHeaders } from 'node:http';
import { AppError, type Principal, type PrivacyPolicy } from '@aggregator/contracts';

const header = 'x-aggregator-privacy';

/**
 * What is masked in a request: what its key says, and everything that is personal by its form if the request asks for it. A
 * request can ask for more than its key, never for less. Null where nothing is.
 * @throws {AppError} `invalid_value` for a header that is not understood: a caller must not believe that it was obeyed.
 */
export function choosePrivacyPolicy(
  { privacy }: Pick<Principal, 'privacy'>,
  headers: IncomingHttpHeaders,
): PrivacyPolicy | null {
  const isAsked = readHeader(headers[header]);
  const own = privacy?.mode === 'mask' ? privacy : null;
  if (!isAsked) return own;
  const { kinds: _all, ...more } = own ?? { mode: 'mask' as const };
  return more;
}

function readHeader(value: string | string[] | undefined): boolean {
  if (value === undefined) return false;
  if (String(value).trim().toLowerCase() === 'mask') return true;
  throw new AppError('invalid_value', { param: header, message: `'${header}' can only be 'mask'.` });
}
