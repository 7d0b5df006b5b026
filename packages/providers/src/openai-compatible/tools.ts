import { isRecord } from '@aggregator/contracts';
import type { Profile } from './profiles/profile.ts';

type Json = Readonly<Record<string, unknown>>;

/** Fields of a schema whose keys are names of the caller, and no keywords. */
const namedSchemas: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'patternProperties']);
/** Fields of a schema that hold values, and no schemas. */
const values: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples', 'required']);

/** Returns the change of a request's tools that a profile asks for. */
export function toToolChange({ strictTools, omittedSchemaKeywords }: Profile): (tools: unknown) => unknown {
  const omitted = new Set(omittedSchemaKeywords);
  if (strictTools && omitted.size === 0) return (tools) => tools;
  return (tools) => (Array.isArray(tools) ? tools.map((tool) => changeTool(tool, strictTools, omitted)) : tools);
}

function changeTool(tool: unknown, isStrictKnown: boolean, omitted: ReadonlySet<string>): unknown {
  if (!isRecord(tool) || !isRecord(tool.function)) return tool;
  const { strict, parameters, ...named } = tool.function;
  return {
    ...tool,
    function: {
      ...named,
      ...(isStrictKnown && strict !== undefined && { strict }),
      ...(parameters !== undefined && { parameters: omitted.size === 0 ? parameters : without(parameters, omitted) }),
    },
  };
}

function without(schema: unknown, omitted: ReadonlySet<string>): unknown {
  if (Array.isArray(schema)) return schema.map((one) => without(one, omitted));
  if (!isRecord(schema)) return schema;
  const kept = Object.entries(schema).filter(([name]) => !omitted.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, withoutIn(name, value, omitted)]));
}

function withoutIn(name: string, value: unknown, omitted: ReadonlySet<string>): unknown {
  if (values.has(name)) return value;
  if (!namedSchemas.has(name) || !isRecord(value)) return without(value, omitted);
  return mapValues(value, (one) => without(one, omitted));
}

function mapValues(record: Json, change: (value: unknown) => unknown): Json {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
