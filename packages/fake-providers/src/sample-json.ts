const depthMax = 8;

type Schema = Readonly<Record<string, unknown>>;

/** A small value that fits a JSON schema, as far as types, constants, enumerations, references and properties go. */
export function sampleJson(schema: unknown, text: string, root: unknown = schema, depth = 0): unknown {
  if (!isSchema(schema) || depth > depthMax) return null;
  const sample = (inner: unknown) => sampleJson(inner, text, root, depth + 1);
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
  if (typeof schema.$ref === 'string') return sample(findReference(root, schema.$ref));
  for (const union of [schema.anyOf, schema.oneOf, schema.allOf]) {
    if (Array.isArray(union)) return sample(union[0]);
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
      return schema.items === undefined ? [] : [sample(schema.items)];
    case 'null':
      return null;
    default:
      if (!isSchema(schema.properties)) return {};
      return Object.fromEntries(Object.entries(schema.properties).map(([name, inner]) => [name, sample(inner)]));
  }
}

/** `#/$defs/name` within the whole schema. */
function findReference(root: unknown, reference: string): unknown {
  return reference
    .split('/')
    .slice(1)
    .reduce<unknown>((value, name) => (isSchema(value) ? value[name] : undefined), root);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
