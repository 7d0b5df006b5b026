import { isExactNumber, parseExactJson, parseOpaqueJson } from './exact-json.ts';

/** True if a parsed JSON value is an object. A number that keeps its text is none. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isExactNumber(value);
}

/** Returns the object that a text is in JSON; null if it is anything else. */
export function parseRecord(text: string): Record<string, unknown> | null {
  return toRecord(text, JSON.parse);
}

/** The same; numbers inside opaque values, for example the input of a tool, keep their text. */
export function parseExactRecord(text: string): Record<string, unknown> | null {
  return toRecord(text, parseExactJson);
}

/** The same of a text that is opaque as a whole, for example the arguments of a call: all numbers keep their text. */
export function parseArguments(text: string): Record<string, unknown> | null {
  return toRecord(text, parseOpaqueJson);
}

function toRecord(text: string, parse: (text: string) => unknown): Record<string, unknown> | null {
  try {
    const value = parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** Returns the JSON value of a text; undefined if the text is no JSON. */
export function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
