import { AppError } from '@aggregator/contracts';

const depthMax = 64;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const quote = 0x22;
const backslash = 0x5c;

/**
 * Bytes of a request as a JSON object. Depth is checked by a scan of the bytes before anything is parsed: deep nesting
 * parses cheaply but blows the stack of whatever walks it later. Refuses, with `invalid_json`, what is not strict UTF-8
 * JSON (a byte order mark included), deeper than 64, or not an object; with `invalid_value`, text with NUL or lone
 * surrogates, which PostgreSQL and providers cannot hold.
 */
export function parseJsonBody(body: Buffer): Record<string, unknown> {
  if (body.length === 0)
    throw new AppError('invalid_json', { message: 'The request body is empty. Send one JSON object.' });
  const hasEscapes = scanStructure(body);
  let text: string;
  try {
    text = decoder.decode(body);
  } catch (cause) {
    throw new AppError('invalid_json', { internal: 'not UTF-8', cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AppError('invalid_json', { internal: 'JSON.parse', cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AppError('invalid_json', { internal: 'not an object' });
  }
  // Only a \u escape can make a NUL or a lone surrogate: the bytes themselves were strict UTF-8 without control characters.
  if (hasEscapes) refuseBrokenText(value);
  return value as Record<string, unknown>;
}

/** Walks the bytes once: throws on depth over the limit, answers whether any `\u` escape is there. */
function scanStructure(body: Buffer): boolean {
  let depth = 0;
  let isInString = false;
  let hasEscapes = false;
  for (let index = 0; index < body.length; index += 1) {
    const byte = body[index];
    if (isInString) {
      if (byte === backslash) {
        index += 1;
        if (body[index] === 0x75) hasEscapes = true;
      } else if (byte === quote) isInString = false;
    } else if (byte === quote) isInString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > depthMax)
        throw new AppError('invalid_json', { message: `The request body is nested deeper than ${depthMax} levels.` });
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return hasEscapes;
}

function refuseBrokenText(value: unknown): void {
  if (typeof value === 'string') {
    if (value.includes('\u0000') || !value.isWellFormed()) {
      throw new AppError('invalid_value', {
        message: 'The request holds text with NUL characters or lone surrogates.',
      });
    }
  } else if (Array.isArray(value)) value.forEach(refuseBrokenText);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      refuseBrokenText(name);
      refuseBrokenText(item);
    }
  }
}
