import type { z } from 'zod';
import { AppError } from './errors/app-error.ts';

/**
 * A parsed body against its schema. The first fault becomes the answer, with the field named as `messages[0].role`:
 * `unknown_field` for fields that the endpoint does not know, `invalid_value` for the rest. `at` is where in the
 * caller's body the value is, if it is not the whole of it.
 * @throws {AppError} `unknown_field`, `invalid_value`
 */
export function checkBody<Schema extends z.ZodType>(schema: Schema, body: unknown, at = ''): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw new AppError('invalid_value');
  const { code, param, message } = describeIssue(issue, at);
  throw new AppError(code, { param, message });
}

/** Returns a fault of a schema as one sentence, with the field that it is about. `at`: as of `checkBody`. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  at = '',
): { code: 'unknown_field' | 'invalid_value'; param: string; message: string } {
  if (issue.code === 'unrecognized_keys') {
    const param = formatPath(at, [...issue.path, issue.keys[0] ?? '']);
    return { code: 'unknown_field', param, message: `Unknown field: '${param}'.` };
  }
  const param = formatPath(at, issue.path);
  return { code: 'invalid_value', param, message: `Invalid value for '${param || 'body'}': ${issue.message}.` };
}

function formatPath(at: string, path: readonly PropertyKey[]): string {
  return path
    .reduce<string>((before, part) => {
      if (typeof part === 'number') return `${before}[${part}]`;
      return before === '' ? String(part) : `${before}.${String(part)}`;
    }, at)
    .slice(0, 200);
}
