import { AppError } from '@aggregator/contracts';
import type { Kind } from '../labels.ts';

/** The place of a value in a text, in UTF-16 units. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: Kind;
}

/**
 * Finds one kind of value. The time it takes grows with the length of the text and with nothing else: a quantifier has a
 * bound, or ends at a character that it cannot take itself.
 */
export interface Detector {
  readonly kind: Kind;
  find(text: string): readonly Span[];
}

/** Regular expressions (flag `u`) of text that must not be before or behind a value: else the value is a part of something else. */
export const notAfterWord = '(?<![\\p{L}\\p{N}])';
export const notBeforeWord = '(?![\\p{L}\\p{N}])';

const word = /[\p{L}\p{N}\p{M}]/u;

/** True if the character at this place belongs to a word; there is none beyond either end. */
export function isWordAt(text: string, at: number): boolean {
  return word.test(text.charAt(at));
}

/** A detector of what a pattern matches and `isValue`, if there is one, confirms. */
export function matchDetector(
  kind: Kind,
  pattern: RegExp,
  isValue: (match: string, at: number, text: string) => boolean = () => true,
): Detector {
  return {
    kind,
    find(text) {
      const spans: Span[] = [];
      for (const { 0: match, index } of text.matchAll(pattern)) {
        if (isValue(match, index, text)) addSpan(spans, { start: index, end: index + match.length, kind });
      }
      return spans;
    },
  };
}

/** Keeps the memory of a search small for any text. */
const spansMax = 100_000;

/** @throws {AppError} `request_too_large` beyond 100,000 values of one kind in one text. */
export function addSpan(spans: Span[], span: Span): void {
  if (spans.length >= spansMax) throw tooManyValues(spansMax);
  spans.push(span);
}

export function tooManyValues(max: number): AppError {
  const message = `The request holds more than ${max} personal values, which is more than can be masked. Send less at once.`;
  return new AppError('request_too_large', { message });
}
