import { isRecord } from '@aggregator/contracts';

type Schema = Readonly<Record<string, unknown>>;

/** What constrained decoding can hold to. Everything else is said to the model in words instead. */
const kept: ReadonlySet<string> = new Set([
  '$defs',
  '$ref',
  'additionalProperties',
  'allOf',
  'anyOf',
  'const',
  'default',
  'definitions',
  'description',
  'enum',
  'format',
  'items',
  'minItems',
  'properties',
  'required',
  'title',
  'type',
]);
/** Names the dialect and constrains nothing. */
const ignored: ReadonlySet<string> = new Set(['$schema', '$id', 'additionalProperties', 'description', 'oneOf']);
const formats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
]);

/**
 * A caller's schema as Anthropic's constrained decoding takes it: every object closed, `oneOf` as `anyOf`, and what it
 * cannot enforce (ranges, lengths, patterns) written into the description, which is what the vendor's own clients do.
 * Sent as it came it would be refused.
 * Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs (read 2026-11).
 */
export function toStrictSchema(schema: Schema): Schema {
  const strict: Record<string, unknown> = {};
  const unenforced: string[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    if (ignored.has(keyword)) continue;
    if (kept.has(keyword) && isEnforced(keyword, value)) strict[keyword] = toStrictValue(keyword, value);
    else unenforced.push(`${keyword}: ${JSON.stringify(value)}`);
  }
  if (schema.anyOf === undefined && Array.isArray(schema.oneOf)) strict.anyOf = toStrictValue('anyOf', schema.oneOf);
  if (isRecord(schema.properties) || schema.type === 'object') strict.additionalProperties = false;
  const said = typeof schema.description === 'string' ? [schema.description] : [];
  if (unenforced.length > 0) said.push(`{${unenforced.join(', ')}}`);
  if (said.length > 0) strict.description = said.join('\n\n');
  return strict;
}

function isEnforced(keyword: string, value: unknown): boolean {
  if (keyword === 'format') return formats.has(value);
  return keyword !== 'minItems' || value === 0 || value === 1;
}

function toStrictValue(keyword: string, value: unknown): unknown {
  switch (keyword) {
    case 'properties':
    case '$defs':
    case 'definitions':
      if (!isRecord(value)) return value;
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, toStrictPart(inner)]));
    case 'anyOf':
    case 'allOf':
      return Array.isArray(value) ? value.map(toStrictPart) : value;
    case 'items':
      return toStrictPart(value);
    default:
      return value;
  }
}

function toStrictPart(value: unknown): unknown {
  return isRecord(value) ? toStrictSchema(value) : value;
}
