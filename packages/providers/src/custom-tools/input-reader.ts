import { inputField } from './unfold.ts';

const opening = `{"${inputField}":"`;
const escapes: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
/** Of what may come before the text; a model writes no more white space than this. */
const openingMax = 256;

/**
 * Reads the arguments of a custom tool that was offered as a function, `{"input":"…"}`, piece by piece, and returns the text in
 * it as far as it has come. Arguments of another form are returned as they are: a model may write the text itself.
 */
export class InputReader {
  #state: 'before' | 'inside' | 'behind' | 'raw' = 'before';
  #held = '';

  push(text: string): string {
    if (this.#state === 'behind') return '';
    if (this.#state === 'raw') return text;
    this.#held += text;
    if (this.#state === 'before' && !this.#open()) return '';
    return this.#state === 'inside' ? this.#readText() : this.#takeHeld();
  }

  /** True if it is known what the arguments are. */
  #open(): boolean {
    const found = new RegExp(`^\\s*\\{\\s*"${inputField}"\\s*:\\s*"`).exec(this.#held);
    if (found !== null) {
      this.#held = this.#held.slice(found[0].length);
      this.#state = 'inside';
    } else if (this.#held.length > openingMax || !opening.startsWith(this.#held.replace(/\s/g, ''))) {
      this.#state = 'raw';
    }
    return this.#state !== 'before';
  }

  #readText(): string {
    const held = this.#held;
    let read = '';
    let at = 0;
    while (at < held.length) {
      const character = held.charAt(at);
      if (character === '"') {
        this.#state = 'behind';
        this.#held = '';
        return read;
      }
      if (character !== '\\') {
        const next = nextSpecial(held, at);
        read += held.slice(at, next);
        at = next;
        continue;
      }
      const sequence = readEscape(held, at);
      if (sequence === null) break;
      read += sequence.text;
      at += sequence.length;
    }
    this.#held = held.slice(at);
    return read;
  }

  #takeHeld(): string {
    const held = this.#held;
    this.#held = '';
    return held;
  }
}

function nextSpecial(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22 || code === 0x5c) return at;
  }
  return text.length;
}

/** An escape sequence, a surrogate pair as one; null if it has not come whole. */
function readEscape(text: string, at: number): { text: string; length: number } | null {
  const kind = text.charAt(at + 1);
  if (kind === '') return null;
  if (kind !== 'u') return { text: escapes[kind] ?? kind, length: 2 };
  const first = readUnit(text, at);
  if (first === null) return null;
  if (first < 0xd800 || first > 0xdbff) return { text: String.fromCharCode(first), length: 6 };
  if (text.length < at + 12 && '\\u'.startsWith(text.slice(at + 6, at + 8))) return null;
  const second = readUnit(text, at + 6);
  if (second === null || second < 0xdc00 || second > 0xdfff) return { text: '\ufffd', length: 6 };
  return { text: String.fromCharCode(first, second), length: 12 };
}

function readUnit(text: string, at: number): number | null {
  const digits = /^\\u([0-9a-f]{4})/i.exec(text.slice(at, at + 6))?.[1];
  return digits === undefined ? null : Number.parseInt(digits, 16);
}
