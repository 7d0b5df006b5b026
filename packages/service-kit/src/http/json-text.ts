import { AppError, isExactNumber, parseExactJson, parseOpaqueJson } from '@aggregator/contracts';
import { notJson } from './json-figures.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A field as `JSON.parse` makes it, also if its name is `__proto__`. */
export const plain = { configurable: true, enumerable: true, writable: true };

/** @throws {AppError} `invalid_json` for bytes that are not UTF-8. */
export function decodeJson(bytes: Buffer): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw notJson('not UTF-8', cause);
  }
}

/** Longer texts hold a long string: a slower parse takes less than a search of it. UTF-16 units. */
const searchedMax = 128 * 1024;

/**
 * Returns the value of a text. Numbers inside opaque values keep their text (`parseExactJson`); all numbers, if the text is a
 * part of such a value. `hasUnusual` is false if the scan found no number whose text would change.
 * @throws {AppError} `invalid_json`
 */
export function parseJson(text: string, hasUnusual: boolean, isOpaque = false): unknown {
  try {
    if (!hasUnusual) return JSON.parse(text);
    const isKnown = text.length > searchedMax;
    return isOpaque ? parseOpaqueJson(text, isKnown) : parseExactJson(text, isKnown);
  } catch (cause) {
    throw notJson('JSON.parse', cause);
  }
}

/** Returns the number of all fields in a value: fewer than were written if an object has a name twice. */
export function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null || isExactNumber(value)) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') count += countNames(item);
    return count;
  }
  const record = value as Record<string, unknown>;
  for (const name in record) {
    count += 1;
    const item = record[name];
    if (typeof item === 'object') count += countNames(item);
  }
  return count;
}

export function refuseTwins(): AppError {
  return new AppError('invalid_json', { message: 'The request body has an object with the same field twice.' });
}
