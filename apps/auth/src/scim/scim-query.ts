import { AppError } from '@aggregator/contracts';
import { z } from 'zod';

const rowsMax = 200;
const number = z
  .string()
  .regex(/^-?\d{1,9}$/)
  .transform(Number);
const query = z.object({ startIndex: number.optional(), count: number.optional() });

/** Query of a list. Sources: RFC 7644, sections 3.4.2.2 and 3.4.2.4. */
export interface ScimQuery {
  /** How many rows are left out. */
  readonly skip: number;
  readonly take: number;
  /** Null if every row is wanted. `attribute` is in lower case. */
  readonly filter: { readonly attribute: string; readonly value: string } | null;
  readonly withMembers: boolean;
}

/** Reads it. An index below 1 counts as 1. Throws `invalid_value` with the param `filter` for a filter other than `attribute eq "value"`. */
export function readScimQuery(raw: Readonly<Record<string, unknown>>): ScimQuery {
  const parsed = query.safeParse(raw);
  if (!parsed.success) throw invalid('startIndex', "'startIndex' and 'count' must be whole numbers.");
  const { startIndex = 1, count = 100 } = parsed.data;
  return {
    skip: Math.max(0, startIndex - 1),
    take: Math.min(rowsMax, Math.max(0, count)),
    filter: typeof raw.filter === 'string' ? readFilter(raw.filter) : null,
    withMembers: !/(?:^|,)\s*members\s*(?:,|$)/i.test(String(raw.excludedAttributes ?? '')),
  };
}

/** Reads `attribute eq "value"`. `emails[type eq "work"].value` and `emails.value` are `emails`. */
function readFilter(text: string): { attribute: string; value: string } {
  const match = /^\s*([A-Za-z][\w.:]*(?:\[[^\]]{0,100}\](?:\.\w+)?)?)\s+eq\s+("(?:[^"\\]|\\.)*"|true|false)\s*$/i.exec(
    text,
  );
  const [, attribute = '', literal = ''] = match ?? [];
  if (match === null || text.length > 1000) throw unsupportedFilter();
  const bare = attribute
    .replace(/^urn:.*:/i, '')
    .replace(/\[.*$/, '')
    .replace(/\.value$/i, '');
  try {
    return {
      attribute: bare.toLowerCase(),
      value: String(JSON.parse(literal.toLowerCase() === 'true' ? 'true' : literal)),
    };
  } catch {
    throw unsupportedFilter();
  }
}

export function unsupportedFilter(): AppError {
  return invalid('filter', 'Only a filter of one attribute with eq is supported.');
}

export function invalid(param: string, message: string): AppError {
  return new AppError('invalid_value', { param, message });
}
