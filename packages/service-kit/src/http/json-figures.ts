import { AppError } from '@aggregator/contracts';

/** What a scan of a JSON text counts before it is parsed. */
export interface JsonFigures {
  readonly bytes: number;
  /** Objects and arrays. */
  readonly containers: number;
  /** Commas and containers: at least as many as there are values, less one. */
  readonly values: number;
  /** Names of fields, each as often as it is written. */
  readonly names: number;
  /** True if there is any `\u` escape: only these can make a NUL or a lone surrogate in strict UTF-8. */
  readonly hasEscapes: boolean;
  /** True if a number may be written in another way than JavaScript would write it (`parseExactJson`). */
  readonly hasUnusualNumbers: boolean;
}

export interface JsonBounds {
  readonly containersMax: number;
  readonly valuesMax: number;
}

/**
 * Bounds of a request of a client. 20,000 messages of several parts fit, and the 300,000 token ids that OpenAI takes in one
 * request for embeddings (https://platform.openai.com/docs/api-reference/embeddings, read 2026-11).
 */
export const clientJsonBounds: JsonBounds = { containersMax: 100_000, valuesMax: 500_000 };

/** Bounds of a body of a peer: all providers, routes and models that an installation may declare. */
export const peerJsonBounds: JsonBounds = { containersMax: 1_000_000, valuesMax: 4_000_000 };

export const depthMax = 64;

/** Copies of a text that a request makes: as decoded, as parsed, and as written for a provider. */
const textCopies = 3;
// Measured with V8 13.6: 67 bytes an empty object, 43 an empty array, 112 to 136 a name that no other object has, 10 to 16
// an entry of a list, about 100 a number that keeps its text. Checks and translations copy objects, so each counts twice.
const containerBytes = 144;
const nameBytes = 240;
const valueBytes = 112;

/** Returns an upper bound of the memory that a request takes while it is parsed, checked and sent on. Bytes. */
export function estimateMemory({
  bytes,
  containers,
  values,
  names,
}: Omit<JsonFigures, 'hasEscapes' | 'hasUnusualNumbers'>): number {
  return bytes * textCopies + containers * containerBytes + values * valueBytes + names * nameBytes;
}

/** @throws {AppError} `request_too_large` if the text has more values than the bounds allow. */
export function requireBounds(containers: number, values: number, bounds: JsonBounds): void {
  if (containers > bounds.containersMax) throw tooMany(`${bounds.containersMax} objects and arrays`);
  if (values > bounds.valuesMax) throw tooMany(`${bounds.valuesMax} values`);
}

function tooMany(what: string): AppError {
  return new AppError('request_too_large', { message: `The request body holds more than ${what}.` });
}

export function notJson(internal: string, cause?: unknown): AppError {
  return new AppError('invalid_json', { internal, cause });
}

export function tooDeep(): AppError {
  return new AppError('invalid_json', { message: `The request body is nested deeper than ${depthMax} levels.` });
}
