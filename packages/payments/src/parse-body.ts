import type { z } from 'zod';
import { EventFormError } from './port.ts';

/** @throws {EventFormError} for a body that is not JSON in UTF-8 */
export function parseEventBody(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new EventFormError('not JSON');
  }
}

/** @throws {EventFormError} */
export function parseAs<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new EventFormError(`${issue?.path.join('.')}: ${issue?.message}`);
}

/** A code only, never a sentence: it is logged and shown. */
export function toCode(text: string | null | undefined): string {
  return /^[a-z0-9_]{1,100}$/.test(text ?? '') ? String(text) : 'unknown';
}
