const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openArray = 0x5b;
const closeArray = 0x5d;
const openObject = 0x7b;
const closeObject = 0x7d;
/** Escaped quotes of one string that are searched. */
const searchesMax = 16;

/** One field of an object in its JSON text. Places are UTF-16 units. */
export interface Field {
  readonly name: string;
  /** Of the quote before the name. */
  readonly start: number;
  readonly valueStart: number;
  /** Behind the value; white space before the comma belongs to none. */
  readonly valueEnd: number;
}

/** The fields of the first object from a place on, in order. */
export function* walkFields(text: string, from = 0): Generator<Field> {
  let at = text.indexOf('{', from) + 1;
  for (;;) {
    const name = readFieldName(text, at);
    if (name === null) return;
    at = skipValue(text, name.valueStart);
    yield { ...name, valueEnd: at };
  }
}

/** Returns the field that begins at a place inside an object, behind white space and a comma; null at the end of the object. */
export function readFieldName(text: string, from: number): Omit<Field, 'valueEnd'> | null {
  const start = skipSeparator(text, from);
  if (text.charCodeAt(start) !== quote) return null;
  const end = skipString(text, start);
  const name = text.slice(start + 1, end - 1);
  const valueStart = skipBlank(text, text.indexOf(':', end) + 1);
  return { name: name.includes('\\') ? String(JSON.parse(text.slice(start, end))) : name, start, valueStart };
}

/** Returns the place behind white space, and behind one comma if there is one. */
export function skipSeparator(text: string, from: number): number {
  const at = skipBlank(text, from);
  return text.charCodeAt(at) === comma ? skipBlank(text, at + 1) : at;
}

/** Returns the place behind white space. */
export function skipBlank(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at;
    at += 1;
  }
}

/** Returns the place behind the closing quote of the string that begins at `from`. */
function skipString(text: string, from: number): number {
  let end = text.indexOf('"', from + 1);
  for (let tries = 1; isEscaped(text, end); tries += 1) {
    // Of text with quotes there may be millions, and one search for each takes longer than a look at each unit.
    if (tries === searchesMax) return walkString(text, end + 1);
    end = text.indexOf('"', end + 1);
  }
  return end === -1 ? text.length : end + 1;
}

/** The same from a place inside the string, behind a whole escape or unit. */
function walkString(text: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === backslash) at += 1;
    else if (code === quote) return at + 1;
  }
  return text.length;
}

function isEscaped(text: string, at: number): boolean {
  let count = 0;
  while (text.charCodeAt(at - 1 - count) === backslash) count += 1;
  return count % 2 === 1;
}

/** Returns the place behind the value that begins at `from`. */
export function skipValue(text: string, from: number): number {
  let at = from;
  let depth = 0;
  for (; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      at = skipString(text, at) - 1;
      if (depth === 0) return at + 1;
    } else if (code === openObject || code === openArray) depth += 1;
    else if (code === closeObject || code === closeArray) {
      if (depth === 0) return trimEnd(text, from, at);
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (code === comma && depth === 0) return trimEnd(text, from, at);
  }
  return at;
}

/** Behind a number or a word there may be white space. */
function trimEnd(text: string, from: number, end: number): number {
  let at = end;
  while (at > from && ' \n\r\t'.includes(text.charAt(at - 1))) at -= 1;
  return at;
}
