const quote = '"';
const number = /-?\d[\d.eE+-]*/y;
/** Nothing that is looked for has fewer digits. */
const digitsMin = 9;

/**
 * Masks inside the strings of a JSON text, names of fields included, and leaves everything else as it was written. A number
 * that is masked becomes a string. Text that is not JSON is masked as plain text.
 */
export function maskJson(json: string, maskText: (text: string) => string): string {
  if (!isJson(json)) return maskText(json);
  let masked = '';
  let from = 0;
  const replace = (start: number, end: number, value: string) => {
    masked += json.slice(from, start) + JSON.stringify(value);
    from = end;
  };
  const grammar = new RegExp(number);
  for (let at = 0; at < json.length; ) {
    if (json.charAt(at) === quote) {
      const end = findStringEnd(json, at);
      const text: unknown = JSON.parse(json.slice(at, end));
      const safe = typeof text === 'string' ? maskText(text) : text;
      if (typeof safe === 'string' && safe !== text) replace(at, end, safe);
      at = end;
      continue;
    }
    grammar.lastIndex = at;
    const [digits] = grammar.exec(json) ?? [];
    if (digits === undefined) {
      at += 1;
      continue;
    }
    const safe = digits.length < digitsMin || isFraction(digits) ? digits : maskText(digits);
    if (safe !== digits) replace(at, at + digits.length, safe);
    at += digits.length;
  }
  return masked + json.slice(from);
}

/** A temperature or a probability, for example: its digits are those of no card or phone, and it must stay a number. */
export function isFraction(number: string): boolean {
  return /^-?\d{1,8}[.eE]/.test(number);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Behind the closing quote of the string that begins at `start`. */
function findStringEnd(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at += 1) {
    const character = json.charAt(at);
    if (character === '\\') at += 1;
    else if (character === quote) return at + 1;
  }
  return json.length;
}
