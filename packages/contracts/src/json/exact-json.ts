import './source-text.ts';

/**
 * Values that a model or a client wrote, and that others read: arguments of tools, schemas, metadata. A JavaScript
 * number has 15 to 17 digits and one way to write it, so a number inside these keeps its text: ids of 18 digits, `1.0`,
 * `1e400`, `-0`.
 */
const opaqueFields: ReadonlySet<string> = new Set([
  'args',
  'arguments',
  'chat_template_kwargs',
  'documents',
  'extra_body',
  'guided_json',
  'input',
  'input_examples',
  'input_schema',
  'metadata',
  'parameters',
  'parametersJsonSchema',
  'responseJsonSchema',
  'response_schema',
  'schema',
]);

/**
 * A number behind `:`, `,` or `[` that JavaScript might write in another way: long, with an exponent, a last 0, or -0.
 */
const unusualNumber = /[:,[]\s*(?:-0(?![.\d])|-?(?:[\d.]{16}|\d+\.\d*0(?!\d)|[\d.]+[eE]|0\.0{6}))/;
/** The same wherever it is, `-0` apart. Searching for it is several times faster, and most texts have none. */
const unusualDigits = /\d(?:[\d.]{15}|\.\d*0(?!\d)|\.0{6}|[eE])/;
/** Numbers that most clients send with a last 0, and that are no opaque value. */
const usualNumber = /"(?:temperature|top_p|frequency_penalty|presence_penalty)"\s*:\s*-?[\d.]{1,15}(?=[,}\s])/g;

/**
 * Returns the value of a JSON text. Numbers inside opaque values keep their text: such a number is a frozen object that
 * `JSON.stringify` writes as it was, and `isExactNumber` knows it. All other numbers are numbers. Costs a search of the
 * text, and a slower parse if there is such a number.
 * @param isKnown True if the text is known to have such a number. It is not searched then: that takes long in a long
 * string.
 * @throws {SyntaxError}
 */
export function parseExactJson(text: string, isKnown = false): unknown {
  if (!isKnown && (!mayHaveUnusual(text) || !mayHaveUnusual(text.replaceAll(usualNumber, '')))) return JSON.parse(text);
  const { value, hasExact } = parseNumbers(text);
  if (hasExact) makeNumbers(value);
  return value;
}

/**
 * Returns the value of a JSON text that is an opaque value as a whole, for example the arguments of a call.
 * @param isKnown As `parseExactJson` takes it.
 * @throws {SyntaxError}
 */
export function parseOpaqueJson(text: string, isKnown = false): unknown {
  return isKnown || mayHaveUnusual(text) ? parseNumbers(text).value : JSON.parse(text);
}

/** True for a number that keeps its text. It has no fields to look into. */
export function isExactNumber(value: unknown): value is { readonly rawJSON: string } {
  return JSON.isRawJSON(value);
}

function mayHaveUnusual(text: string): boolean {
  return (unusualDigits.test(text) || text.includes('-0')) && unusualNumber.test(text);
}

function parseNumbers(text: string): { value: unknown; hasExact: boolean } {
  let hasExact = false;
  const value = JSON.parse(text, (_name, part, { source }) => {
    if (typeof part !== 'number' || source === undefined || String(part) === source) return part;
    hasExact = true;
    return JSON.rawJSON(source);
  });
  return { value, hasExact };
}

/** Changes the value itself. */
function makeNumbers(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    if (typeof part !== 'object' || part === null) continue;
    if (isExactNumber(part)) Reflect.set(value, name, Number(part.rawJSON));
    else if (!isOpaqueField(name, Array.isArray(part))) makeNumbers(part);
  }
}

/**
 * True if the object or list in this field is an opaque value. A list under `input` is a conversation, or token ids.
 */
export function isOpaqueField(name: string, isArray: boolean): boolean {
  return opaqueFields.has(name) && !(name === 'input' && isArray);
}
