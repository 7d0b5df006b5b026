import type { Kind } from '../labels.ts';

/** Where a value stands in a text, in UTF-16 units. */
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

/** Regular expressions (flag `u`) of what must not stand before or behind a value, or it is a part of something else. */
export const notAfterWord = '(?<![\\p{L}\\p{N}])';
export const notBeforeWord = '(?![\\p{L}\\p{N}])';

const word = /[\p{L}\p{N}\p{M}]/u;

/** Whether the character at this place belongs to a word; there is none beyond either end. */
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
    find: (text) =>
      Array.from(text.matchAll(pattern)).flatMap(({ 0: match, index }) =>
        isValue(match, index, text) ? [{ start: index, end: index + match.length, kind }] : [],
      ),
  };
}
