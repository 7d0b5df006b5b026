import { invalid } from './refusal.ts';

const unsupported: readonly string[] = [
  'exclusiveMaximum',
  'exclusiveMinimum',
  'maxItems',
  'maxLength',
  'maximum',
  'minLength',
  'minimum',
  'multipleOf',
  'oneOf',
  'patternProperties',
  'uniqueItems',
];

/**
 * Rejects a schema that constrained decoding would reject.
 * Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs (read 2026-11).
 * @throws {Refusal}
 */
export function checkSchema(schema: unknown, path: string): void {
  if (!isObject(schema)) return;
  const found = unsupported.find((keyword) => schema[keyword] !== undefined);
  if (found !== undefined) throw invalid(path, `property '${found}' is not supported`);
  if (typeof schema.minItems === 'number' && schema.minItems > 1) throw invalid(path, "'minItems' must be 0 or 1");
  if (schema.type === 'object' && schema.additionalProperties !== false) {
    throw invalid(path, "For 'object' type, 'additionalProperties' must be explicitly set to false");
  }
  for (const named of [schema.properties, schema.$defs, schema.definitions]) {
    if (isObject(named)) for (const [name, inner] of Object.entries(named)) checkSchema(inner, `${path}.${name}`);
  }
  for (const union of [schema.anyOf, schema.allOf]) {
    if (Array.isArray(union)) for (const [index, inner] of union.entries()) checkSchema(inner, `${path}.${index}`);
  }
  checkSchema(schema.items, `${path}.items`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
