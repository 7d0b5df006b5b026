/**
 * The patterns that an organisation may give for what is personal to it (a customer's number, a contract): a small part
 * of the regular expressions that everybody knows, chosen so that matching cannot backtrack.
 *
 * A pattern is a row of elements. An element is one character that stands for itself, `\d` (0 to 9), `\w` (a letter, a
 * digit or `_`, of any script), a class such as `[A-Z\d-]`, or a punctuation mark behind `\`; after it may stand `?`,
 * `{n}` or
 * `{n,m}`. There is no `.`, `*`, `+`, `|`, group, anchor or negation. After an element that may repeat more or less
 * often there must be nothing that can begin with the same character: so each character alone decides what comes next,
 * and a text is searched in time that grows with its length only.
 */
export interface PatternElement {
  /** A regular expression (flag `u`) of exactly one character. */
  readonly source: string;
  readonly min: number;
  readonly max: number;
}

/** The elements of a pattern, or in a few words what is wrong with it. */
export type PatternReading = { readonly elements: readonly PatternElement[] } | { readonly fault: string };

/** Code points from–to, both included; `word` is what `\w` means. */
type CharacterSet = 'word' | readonly (readonly [number, number])[];
type ElementRead = PatternElement & { readonly set: CharacterSet };

const patternLengthMax = 128;
const repeatMax = 64;
/** What matches less would be found in every text. */
const matchLengthMin = 4;
const matchLengthMax = 256;
const asciiMax = 0x7f;
const digits = [0x30, 0x39] as const;

const element =
  /(\\[dw]|\\[^\p{L}\p{N}]|\[(?:[^\\[\]^]|\\[^\p{L}\p{N}]|\\d)+\]|[^\\[\](){}.*+?|^$])(\?|\{\d{1,2}(?:,\d{1,2})?\})?/uy;
const classItem = /(\\d)|\\?(.)(?:-(?!\\d)\\?(.))?/suy;

export function readPrivacyPattern(pattern: string): PatternReading {
  if (pattern.length > patternLengthMax) return { fault: `has more than ${patternLengthMax} characters` };
  const elements: ElementRead[] = [];
  const grammar = new RegExp(element);
  for (let at = 0; at < pattern.length; at = grammar.lastIndex) {
    grammar.lastIndex = at;
    const [, characters, repeat] = grammar.exec(pattern) ?? [];
    if (characters === undefined) return { fault: `is not understood at position ${at + 1}` };
    const set = readSet(characters);
    if (set === null) return { fault: `has a range that runs backwards at position ${at + 1}` };
    const read = { set, source: toSource(set), ...readRepeat(repeat) };
    if (read.max < 1 || read.max > repeatMax || read.min > read.max) {
      return { fault: `repeats something less than once or more than ${repeatMax} times at position ${at + 1}` };
    }
    elements.push(read);
  }
  const fault = judgeLength(elements) ?? judgeChoices(elements);
  return fault === null ? { elements } : { fault };
}

function readSet(characters: string): CharacterSet | null {
  if (characters === '\\w') return 'word';
  if (characters === '\\d') return [digits];
  if (!characters.startsWith('[')) return [toRange(characters.replace(/^\\/, ''))];
  const ranges: (readonly [number, number])[] = [];
  const items = new RegExp(classItem);
  const inside = characters.slice(1, -1);
  for (let at = 0; at < inside.length; at = items.lastIndex) {
    items.lastIndex = at;
    const [, digit, from = '', to = from] = items.exec(inside) ?? [];
    ranges.push(digit === undefined ? toRange(from, to) : digits);
  }
  return ranges.some(([from, to]) => from > to) ? null : ranges;
}

function toRange(from: string, to = from): readonly [number, number] {
  return [from.codePointAt(0) ?? 0, to.codePointAt(0) ?? 0];
}

function toSource(set: CharacterSet): string {
  if (set === 'word') return '[\\p{L}\\p{N}_]';
  return `[${set.map(([from, to]) => `\\u{${from.toString(16)}}-\\u{${to.toString(16)}}`).join('')}]`;
}

function readRepeat(repeat: string | undefined): { min: number; max: number } {
  if (repeat === undefined) return { min: 1, max: 1 };
  if (repeat === '?') return { min: 0, max: 1 };
  const [min = '', max = min] = repeat.slice(1, -1).split(',');
  return { min: Number(min), max: Number(max) };
}

function judgeLength(elements: readonly PatternElement[]): string | null {
  const shortest = elements.reduce((sum, { min }) => sum + min, 0);
  const longest = elements.reduce((sum, { max }) => sum + max, 0);
  if (shortest < matchLengthMin) return `can match fewer than ${matchLengthMin} characters`;
  return longest > matchLengthMax ? `can match more than ${matchLengthMax} characters` : null;
}

/** If an element may end early, each element that can follow must begin differently. */
function judgeChoices(elements: readonly ElementRead[]): string | null {
  for (const [at, one] of elements.entries()) {
    if (one.min === one.max) continue;
    for (const next of elements.slice(at + 1)) {
      if (mayMeet(one.set, next.set)) {
        return `can be read in two ways: what follows element ${at + 1} must begin with another character`;
      }
      if (next.min > 0) break;
    }
  }
  return null;
}

/** True if some character is in both; outside of ASCII every range is taken to hold letters. */
function mayMeet(one: CharacterSet, other: CharacterSet): boolean {
  if (one === 'word') return other === 'word' || other.some(holdsWordCharacter);
  if (other === 'word') return one.some(holdsWordCharacter);
  return one.some(([from, to]) => other.some(([otherFrom, otherTo]) => from <= otherTo && otherFrom <= to));
}

function holdsWordCharacter([from, to]: readonly [number, number]): boolean {
  if (to > asciiMax) return true;
  for (let code = from; code <= to; code += 1) {
    if (/\w/.test(String.fromCharCode(code))) return true;
  }
  return false;
}
