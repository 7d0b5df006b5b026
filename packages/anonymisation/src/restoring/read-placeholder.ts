/** How the text that is searched is written: as it is, or inside the strings of JSON. */
export type RestoreMode = 'text' | 'json';

/** The result at a place: a value and its end, the beginning of something, or nothing. */
export type Reading = { readonly value: string; readonly end: number } | 'partial' | null;

/** The placeholders of one request. */
export interface KnownPlaceholders {
  /** By name: `EMAIL_1`. */
  readonly values: ReadonlyMap<string, string>;
  readonly labels: readonly string[];
  /** Most digits of a number. */
  readonly digitsMax: number;
}

interface Unit {
  readonly character: string;
  readonly end: number;
}

/**
 * One character as it is meant: in JSON `\u005b` is `[`. `partial` if the text ends within it, and null for the end.
 */
export function readUnit(text: string, at: number, mode: RestoreMode): Unit | 'partial' | null {
  if (at >= text.length) return null;
  const character = text.charAt(at);
  if (mode === 'text' || character !== '\\') return { character, end: at + 1 };
  const kind = text.charAt(at + 1);
  if (kind === '') return 'partial';
  if (kind !== 'u') return { character: escapes[kind] ?? kind, end: at + 2 };
  const code = text.slice(at + 2, at + 6);
  if (!/^[0-9a-fA-F]*$/.test(code)) return { character: kind, end: at + 2 };
  if (code.length < 4) return 'partial';
  return { character: String.fromCharCode(Number.parseInt(code, 16)), end: at + 6 };
}

const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const letter = /[A-Za-z]/;
const digit = /\d/;
const word = /[\p{L}\p{N}\p{M}_]/u;

export function isWordCharacter(character: string): boolean {
  return word.test(character);
}

/**
 * A placeholder that begins at `at`. Models are sloppy with them: in brackets any case will do, and a `\` before the `_` as
 * in Markdown; in capitals, as a separate word, the brackets may be missing. `isAfterWord`: right behind a letter, digit
 * or `_`, where `row[email_1]` is a program's. `isEnd`: nothing comes after this text.
 */
export function readPlaceholder(
  text: string,
  at: number,
  mode: RestoreMode,
  { values, labels, digitsMax }: KnownPlaceholders,
  { isAfterWord, isEnd }: { isAfterWord: boolean; isEnd: boolean },
): Reading {
  const reader = new UnitReader(text, at, mode);
  const hasBracket = reader.takeIf((character) => character === '[') !== '';
  const said = reader.takeWhile(letter, longestOf(labels));
  const label = said.toUpperCase();
  if (label !== said && (isAfterWord || !hasBracket)) return null;
  if (!hasBracket && (isAfterWord || label === '')) return null;
  if (!labels.some((one) => one.startsWith(label))) return null;
  if (reader.isExhausted) return isEnd ? null : 'partial';
  if (!labels.includes(label)) return null;
  reader.takeIf((character) => character === '\\');
  const hasLine = reader.takeIf((character) => character === '_') !== '';
  if (!hasLine) return reader.isExhausted && !isEnd ? 'partial' : null;
  const number = reader.takeWhile(digit, digitsMax);
  if (reader.isExhausted && !isEnd) return mayBecome(values, `${label}_${number}`) ? 'partial' : null;
  const value = values.get(`${label}_${number}`);
  if (value === undefined) return null;
  if (hasBracket) return reader.takeIf((character) => character === ']') === '' ? null : { value, end: reader.at };
  return isWordCharacter(reader.peek()) ? null : { value, end: reader.at };
}

function mayBecome(values: ReadonlyMap<string, string>, beginning: string): boolean {
  for (const name of values.keys()) {
    if (name.startsWith(beginning)) return true;
  }
  return false;
}

function longestOf(labels: readonly string[]): number {
  return labels.reduce((longest, { length }) => Math.max(longest, length), 0);
}

/** Takes one character after the other as they are meant. */
class UnitReader {
  at: number;
  readonly #text: string;
  readonly #mode: RestoreMode;

  constructor(text: string, at: number, mode: RestoreMode) {
    this.#text = text;
    this.at = at;
    this.#mode = mode;
  }

  /** The text ends here, or within the next character. */
  get isExhausted(): boolean {
    const unit = readUnit(this.#text, this.at, this.#mode);
    return unit === null || unit === 'partial';
  }

  /** Empty at the end. */
  peek(): string {
    const unit = readUnit(this.#text, this.at, this.#mode);
    return unit === null || unit === 'partial' ? '' : unit.character;
  }

  takeIf(isWanted: (character: string) => boolean): string {
    const unit = readUnit(this.#text, this.at, this.#mode);
    if (unit === null || unit === 'partial' || !isWanted(unit.character)) return '';
    this.at = unit.end;
    return unit.character;
  }

  takeWhile(wanted: RegExp, countMax: number): string {
    let taken = '';
    while (taken.length < countMax) {
      const character = this.takeIf((one) => wanted.test(one));
      if (character === '') break;
      taken += character;
    }
    return taken;
  }
}
