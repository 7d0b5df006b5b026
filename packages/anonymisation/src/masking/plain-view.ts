/** A text as a reader of JSON would see it, with the place of each character in what was written. */
export interface PlainView {
  readonly text: string;
  /** Returns the place in the written text of a place of the view; its length for the end. */
  toWritten(at: number): number;
}

const escapes = /\\(?:u([0-9a-fA-F]{4})|(["\\/bfnrt]))/g;
const meanings: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

/**
 * JSON is pasted into prose and comes back from tools, in ASCII only as often as not: `\u0418\u0432\u0430\u043d` is a name,
 * and in `\nbob@example.com` the `n` is no part of the address.
 */
export function viewPlainly(written: string): PlainView {
  if (!written.includes('\\')) return { text: written, toWritten: (at) => at };
  let text = '';
  let from = 0;
  // A view is never longer than what was written.
  const places = new Uint32Array(written.length + 1);
  let length = 0;
  const place = (at: number) => {
    places[length] = at;
    length += 1;
  };
  const copy = (until: number) => {
    for (let at = from; at < until; at += 1) place(at);
    text += written.slice(from, until);
  };
  for (const { 0: match, 1: code, 2: letter = '', index } of written.matchAll(escapes)) {
    copy(index);
    place(index);
    text += code === undefined ? (meanings[letter] ?? letter) : String.fromCharCode(Number.parseInt(code, 16));
    from = index + match.length;
  }
  copy(written.length);
  return { text, toWritten: (at) => (at < length ? (places[at] ?? written.length) : written.length) };
}

/** Letters that were written as `\uXXXX`, as letters; other escapes stay as they are. */
export function readLetters(written: string): string {
  return written.replaceAll(/\\u([0-9a-fA-F]{4})/g, (_match, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
