import { z } from 'zod';

type Json = Readonly<Record<string, unknown>>;

const int32Max = 2_147_483_647;

/** What JSON Schema has a word for and a structural schema has not, or says otherwise. */
const droppedKeys = new Set(['$schema', 'propertyNames', 'additionalProperties', 'exclusiveMinimum', 'const', 'anyOf']);

/** What Go's RE2 cannot do: look around, and refer back. */
const beyondRe2 = /\(\?(=|!|<)|\\[1-9]/;

/**
 * The OpenAPI schema by which the API server judges a resource: structural, with defaults, and with every text and list
 * bounded, since it estimates from the bounds what a CEL rule costs.
 * Source: https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ (read 2026-11).
 * @throws {Error} with the path of what has no such form.
 */
export function toStructuralSchema(schema: z.ZodType, path: string): Json {
  return convert(asObject(z.toJSONSchema(schema, { target: 'draft-7', io: 'input' })), path);
}

function convert(node: Json, path: string): Json {
  const { inner, isNullable } = unwrapNullable(node, path);
  const kept = Object.fromEntries(Object.entries(inner).filter(([key]) => !droppedKeys.has(key)));
  const enumOfOne = 'const' in inner ? { enum: [inner.const] } : {};
  const nullable = isNullable ? { nullable: true } : {};
  return { ...kept, ...enumOfOne, ...nullable, ...convertKind(inner, path) };
}

function convertKind(node: Json, path: string): Json {
  switch (node.type) {
    case 'object':
      return convertObject(node, path);
    case 'array':
      requireBound(node, 'maxItems', path);
      return { items: convert(asObject(node.items), `${path}[]`) };
    case 'integer':
      return convertInteger(node);
    case 'string':
      return convertText(node, path);
    case 'boolean':
      return {};
    default:
      throw new Error(`${path}: type ${String(node.type)} has no structural form`);
  }
}

function convertObject(node: Json, path: string): Json {
  if (node.properties === undefined) {
    requireBound(node, 'maxProperties', path);
    return { additionalProperties: convert(asObject(node.additionalProperties), `${path}.*`) };
  }
  const properties = Object.entries(asObject(node.properties));
  return {
    properties: Object.fromEntries(properties.map(([key, one]) => [key, convert(asObject(one), `${path}.${key}`)])),
  };
}

/** `maximum` stays out where it says only that JavaScript counts no further. */
function convertInteger({ minimum, maximum, exclusiveMinimum }: Json): Json {
  const least = typeof exclusiveMinimum === 'number' ? exclusiveMinimum + 1 : minimum;
  const isBounded = typeof maximum === 'number' && maximum < Number.MAX_SAFE_INTEGER;
  return {
    format: isBounded && maximum <= int32Max ? 'int32' : 'int64',
    minimum: least === Number.MIN_SAFE_INTEGER ? undefined : least,
    maximum: isBounded ? maximum : undefined,
  };
}

/** The API server knows the shape of a time by its format; our pattern for it says less than Go accepts. */
function convertText(node: Json, path: string): Json {
  if (node.format === 'date-time') return { pattern: undefined };
  if (typeof node.pattern === 'string' && beyondRe2.test(node.pattern)) {
    throw new Error(`${path}: RE2 does not know ${node.pattern}`);
  }
  if (!('enum' in node) && !('const' in node)) requireBound(node, 'maxLength', path);
  return {};
}

function unwrapNullable(node: Json, path: string): { inner: Json; isNullable: boolean } {
  if (!Array.isArray(node.anyOf)) return { inner: node, isNullable: false };
  const others = node.anyOf.map(asObject).filter((one) => one.type !== 'null');
  const [only] = others;
  if (only === undefined || others.length !== 1) throw new Error(`${path}: a union has no structural form`);
  return { inner: { ...node, ...only }, isNullable: others.length < node.anyOf.length };
}

function requireBound(node: Json, bound: string, path: string): void {
  if (typeof node[bound] !== 'number') throw new Error(`${path} has no ${bound}`);
}

function asObject(value: unknown): Json {
  if (typeof value !== 'object' || value === null) throw new Error('a schema is an object');
  return { ...value };
}
