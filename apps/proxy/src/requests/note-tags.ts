import { AppError, isRecord, tagsHeader, tagValueLengthMax } from '@aggregator/contracts';
import type { Exchange } from '../exchange.ts';

const headerLengthMax = 2048;

/**
 * Notes the tags of a request: keys of its `metadata` that the organisation allows, and those that the header names, which go
 * first. Other keys are no tags. Does nothing for an organisation that allows none.
 * @param body of the request, as it came.
 * @throws {AppError} `invalid_value` for a header that is too long or no list of `key=value`.
 */
export function noteTags(exchange: Pick<Exchange, 'principal' | 'request' | 'tags'>, body: unknown): void {
  const { tagKeys } = exchange.principal;
  if (tagKeys === undefined) return;
  const named = readHeader(exchange.request.headers[tagsHeader]);
  const metadata = isRecord(body) && isRecord(body.metadata) ? body.metadata : {};
  const tags: Record<string, string> = {};
  for (const key of tagKeys) {
    const value = toValue(named.get(key)) ?? toValue(metadata[key]);
    if (value !== null) tags[key] = value;
  }
  if (Object.keys(tags).length > 0) exchange.tags = tags;
}

/** Null if nothing is left of it. A database stores no NUL and no half of a character. */
function toValue(value: unknown): string | null {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return null;
  const text = String(value)
    .slice(0, tagValueLengthMax)
    .toWellFormed()
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim();
  return text === '' ? null : text;
}

/** `project=search,release=42`; values may be percent-encoded. */
function readHeader(header: string | string[] | undefined): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  if (typeof header !== 'string' || header === '') return named;
  if (header.length > headerLengthMax) throw invalid(`'${tagsHeader}' has at most ${headerLengthMax} characters.`);
  for (const pair of header.split(',')) {
    const at = pair.indexOf('=');
    if (at < 1) throw invalid(`'${tagsHeader}' must be a list as project=search,release=42.`);
    named.set(pair.slice(0, at).trim(), decode(pair.slice(at + 1).trim()));
  }
  return named;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid(`'${tagsHeader}' has a value that is not percent-encoded correctly.`);
  }
}

function invalid(message: string): AppError {
  return new AppError('invalid_value', { param: tagsHeader, message });
}
