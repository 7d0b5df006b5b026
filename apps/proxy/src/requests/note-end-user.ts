import { AppError } from '@aggregator/contracts';
import type { Exchange } from '../exchange.ts';

/** Names the end user of a request; it goes before the fields of the body. */
const endUserHeader = 'x-aggregator-end-user';

const lengthMax = 256;

interface Asked {
  readonly user?: string | null;
  readonly safety_identifier?: unknown;
}

/**
 * Notes for whom a request is, before a mask takes the name out. Does nothing for a caller whose end users have no budgets.
 * @throws {AppError} `invalid_value` if the header is too long.
 */
export function noteEndUser(exchange: Exchange, asked: Asked): void {
  if (exchange.principal.budgets?.some(({ level }) => level === 'end_user') !== true) return;
  const named = exchange.request.headers[endUserHeader];
  if (typeof named === 'string' && named.length > lengthMax) {
    const message = `'${endUserHeader}' has at most ${lengthMax} characters.`;
    throw new AppError('invalid_value', { param: endUserHeader, message });
  }
  const safetyId = typeof asked.safety_identifier === 'string' ? asked.safety_identifier : '';
  const endUser = (typeof named === 'string' ? named : '') || safetyId || (asked.user ?? '');
  if (endUser !== '') exchange.endUser = endUser;
}
