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
interface Field {
  readonly name: string;
  /** Of the quote before the name. */
  readonly start: number;
  readonly valueStart: number;
  /** Behind the value; white space before the comma belongs to none. */
  readonly valueEnd: number;
}

/** New JSON texts by the names of fields; null removes the field. */
export type JsonEdits = ReadonlyMap<string, string | null>;

/**
 * Returns the JSON text of an object with other values in some of its fields, and everything else to the letter: the order
 * of the fields, how numbers are written, white space. A field that is not there is added at the end. Costs a walk up to the
 * last field that is changed, or through the whole text if a field is removed or added.
 * @param text A valid JSON object that has no field twice.
 */
export function editJson(text: string, edits: JsonEdits): string {
  const pending = new Set(edits.keys());
  const fields: Field[] = [];
  const hasRemovals = [...edits.values()].includes(null);
  for (const field of walkFields(text)) {
    fields.push(field);
    pending.delete(field.name);
    if (pending.size === 0 && !hasRemovals) break;
  }
  let edited = '';
  let from = 0;
  // Behind a removed field its comma goes, too; behind the last ones, the comma before them.
  let hasKept = false;
  for (const [at, { name, start, valueStart, valueEnd }] of fields.entries()) {
    const value = edits.get(name);
    if (value === undefined) hasKept = true;
    else if (value !== null) {
      edited += text.slice(from, valueStart) + value;
      from = valueEnd;
      hasKept = true;
    } else {
      const next = fields[at + 1];
      const before = fields[at - 1];
      if (hasKept && before !== undefined) edited += text.slice(from, Math.max(from, before.valueEnd));
      else edited += text.slice(from, Math.max(from, start));
      from = hasKept || next === undefined ? valueEnd : next.start;
    }
  }
  const added = [...pending].flatMap((name) => {
    const value = edits.get(name) ?? null;
    return value === null ? [] : [`${JSON.stringify(name)}:${value}`];
  });
  if (added.length === 0) return edited + text.slice(from);
  const end = text.lastIndexOf('}');
  return `${edited}${text.slice(from, end)}${hasKept ? ',' : ''}${added.join(',')}${text.slice(end)}`;
}

/** Returns the JSON text of the value of a field; null if the object has no such field. */
export function readJsonField(text: string, name: string): string | null {
  for (const field of walkFields(text)) if (field.name === name) return text.slice(field.valueStart, field.valueEnd);
  return null;
}

/** The fields of the outermost object, in order. */
function* walkFields(text: string): Generator<Field> {
  let at = text.indexOf('{') + 1;
  for (;;) {
    at = skipBlank(text, at);
    if (text.charCodeAt(at) === comma) at = skipBlank(text, at + 1);
    if (text.charCodeAt(at) !== quote) return;
    const start = at;
    at = skipString(text, at);
    const name = readName(text, start, at);
    const valueStart = skipBlank(text, text.indexOf(':', at) + 1);
    at = skipValue(text, valueStart);
    yield { name, start, valueStart, valueEnd: at };
  }
}

function readName(text: string, start: number, end: number): string {
  const name = text.slice(start + 1, end - 1);
  return name.includes('\\') ? String(JSON.parse(text.slice(start, end))) : name;
}

function skipBlank(text: string, from: number): number {
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

function skipValue(text: string, from: number): number {
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
