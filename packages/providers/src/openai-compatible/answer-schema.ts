import { isRecord } from '@aggregator/contracts';

/** A format of an answer by a schema, as servers take it that know `json_object` alone; any other format as it is. */
export function withPlainSchema<Format>(format: Format): Format | { type: 'json_object'; schema?: unknown } {
  if (!isRecord(format) || format.type !== 'json_schema' || !isRecord(format.json_schema)) return format;
  const { schema } = format.json_schema;
  return { type: 'json_object', ...(schema !== undefined && { schema }) };
}
