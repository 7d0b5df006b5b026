import { AppError } from '@aggregator/contracts';
import type { z } from 'zod';

/**
 * A parsed body against its schema. The first fault becomes the answer, with the field named as `messages[0].role`:
 * `unknown_field` for fields that the endpoint does not know, `invalid_value` for the rest.
 */
export function checkBody<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue === undefined) throw new AppError('invalid_value');
  if (issue.code === 'unrecognized_keys') {
    const param = formatPath([...issue.path, issue.keys[0] ?? '']);
    throw new AppError('unknown_field', { param, message: `Unknown field: '${param}'.` });
  }
  const param = formatPath(issue.path);
  throw new AppError('invalid_value', { param, message: `Invalid value for '${param || 'body'}': ${issue.message}.` });
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('')
    .slice(0, 200);
}
