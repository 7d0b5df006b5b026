import type { z } from 'zod';
import { AppError } from './errors/app-error.ts';

/**
 * A parsed body against its schema. The first fault becomes the answer, with the field named as `messages[0].role`:
 * `unknown_field` for fields that the endpoint does not know, `invalid_value` for the rest. `at` is where in the caller's
 * body the value stands, if it is not the whole of it.
 * @throws {AppError} `unknown_field`, `invalid_value`
 */
export function checkBody<Schema extends z.ZodType>(schema: Schema, body: unknown, at = ''): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw new AppError('invalid_value');
  if (issue.code === 'unrecognized_keys') {
    const param = formatPath(at, [...issue.path, issue.keys[0] ?? '']);
    throw new AppError('unknown_field', { param, message: `Unknown field: '${param}'.` });
  }
  const param = formatPath(at, issue.path);
  throw new AppError('invalid_value', { param, message: `Invalid value for '${param || 'body'}': ${issue.message}.` });
}

function formatPath(at: string, path: readonly PropertyKey[]): string {
  return path
    .reduce<string>((before, part) => {
      if (typeof part === 'number') return `${before}[${part}]`;
      return before === '' ? String(part) : `${before}.${String(part)}`;
    }, at)
    .slice(0, 200);
}
