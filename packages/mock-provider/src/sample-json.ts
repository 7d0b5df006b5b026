const depthMax = 8;
const propertiesMax = 50;

type Schema = Readonly<Record<string, unknown>>;

/** A small value that fits a JSON schema, as far as types, constants, enumerations and properties go. */
export function sampleJson(schema: unknown, text: string, depth = 0): unknown {
  if (!isSchema(schema) || depth > depthMax) return null;
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
  for (const union of [schema.anyOf, schema.oneOf]) {
    if (Array.isArray(union)) return sampleJson(union[0], text, depth + 1);
  }
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case 'string':
      return text;
    case 'number':
    case 'integer':
      return typeof schema.minimum === 'number' ? schema.minimum : 1;
    case 'boolean':
      return true;
    case 'array':
      return schema.items === undefined ? [] : [sampleJson(schema.items, text, depth + 1)];
    case 'null':
      return null;
    default:
      return sampleObject(schema, text, depth);
  }
}

function sampleObject(schema: Schema, text: string, depth: number): unknown {
  if (!isSchema(schema.properties)) return {};
  const properties = Object.entries(schema.properties).slice(0, propertiesMax);
  return Object.fromEntries(properties.map(([name, inner]) => [name, sampleJson(inner, text, depth + 1)]));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
