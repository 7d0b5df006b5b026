import { AppError } from '@aggregator/contracts';
import { hasBrokenText, mendText, type TextUse } from './broken-text.ts';
import { clientJsonBounds, type JsonBounds, type JsonFigures, notJson } from './json-figures.ts';
import { JsonScan } from './json-scan.ts';
import { countNames, decodeJson, parseJson, refuseTwins } from './json-text.ts';

/**
 * Bytes of a request as a JSON object. Depth and the number of values are checked by a scan of the bytes before anything is
 * parsed: both parse cheaply and cost much later.
 * @throws {AppError} `invalid_json` for what is not strict UTF-8 JSON (a byte order mark included), deeper than 64, not an
 * object, or has a field twice; `request_too_large` for too many values; `invalid_value` for text with NUL or lone surrogates.
 */
export function parseJsonBody(body: Buffer, bounds: JsonBounds = clientJsonBounds): Record<string, unknown> {
  return parseScannedJson(body, scanJson(body, bounds));
}

/** @throws {AppError} as `parseJsonBody` does before it parses. */
export function scanJson(body: Buffer, bounds: JsonBounds): JsonFigures {
  requireContent(body);
  const scan = new JsonScan(body, bounds);
  scan.run(body.length);
  return scan.figures;
}

/** The second half of `parseJsonBody`. */
export function parseScannedJson(body: Buffer, figures: JsonFigures, use: TextUse = 'stored'): Record<string, unknown> {
  const value = requireObject(parseJson(decodeJson(body), figures.hasUnusualNumbers));
  if (countNames(value) !== figures.names) throw refuseTwins();
  if (figures.hasEscapes && hasBrokenText(value)) mendText(value, use);
  return value;
}

export function requireContent(body: Buffer): void {
  if (body.length > 0) return;
  throw new AppError('invalid_json', { message: 'The request body is empty. Send one JSON object.' });
}

export function requireObject(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw notJson('not an object');
  return value as Record<string, unknown>;
}
