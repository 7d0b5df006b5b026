import type { ChatCompletionRequest } from '@aggregator/contracts';
import { z } from 'zod';
import { invalidValue } from '../fields/invalid-value.ts';
import { unsupported } from '../fields/sort-fields.ts';
import { toCacheMark } from './content-blocks.ts';
import { toStrictSchema } from './json-schema.ts';

const functionTool = z.looseObject({
  function: z.looseObject({
    name: z.string(),
    description: z.string().nullish(),
    parameters: z.record(z.string(), z.unknown()).nullish(),
    strict: z.boolean().nullish(),
  }),
});
const namedChoice = z.looseObject({ type: z.literal('function'), function: z.looseObject({ name: z.string() }) });
const allowedChoice = z.looseObject({
  type: z.literal('allowed_tools'),
  allowed_tools: z.looseObject({
    mode: z.enum(['auto', 'required']),
    tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })),
  }),
});

interface AnthropicTool {
  name: string;
  [field: string]: unknown;
}

export interface ToolFields {
  tools?: readonly AnthropicTool[];
  tool_choice?: { type: string; name?: string; disable_parallel_tool_use?: boolean };
}

type Tools = Pick<ChatCompletionRequest, 'tools'> & { tool_choice?: unknown; parallel_tool_calls?: unknown };

/**
 * The tools and how they are to be used.
 * Source: https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools (read 2026-11).
 * @throws {AppError} `invalid_value`, `unsupported_parameter`.
 */
export function toToolFields({ tools, tool_choice: choice, parallel_tool_calls: isParallel }: Tools): ToolFields {
  if (!tools || tools.length === 0) {
    if (choice === undefined || choice === null || choice === 'auto' || choice === 'none') return {};
    throw invalidValue('tool_choice', 'A tool can be required only where there are tools.');
  }
  const { toolChoice, names } = toToolChoice(choice);
  const translated = tools.map((tool, index) => toTool(tool, `tools[${index}]`));
  const isSerial = isParallel === false && toolChoice?.type !== 'none';
  const sentChoice = isSerial ? { ...(toolChoice ?? { type: 'auto' }), disable_parallel_tool_use: true } : toolChoice;
  return {
    tools: names === null ? translated : translated.filter(({ name }) => names.has(name)),
    ...(sentChoice !== null && { tool_choice: sentChoice }),
  };
}

/** True if the model has to call a tool. */
export function isForced({ tool_choice: choice }: ToolFields): boolean {
  return choice?.type === 'any' || choice?.type === 'tool';
}

function toTool(tool: { type: string; cache_control?: unknown }, path: string): AnthropicTool {
  const parsed = functionTool.safeParse(tool);
  if (!parsed.success)
    throw invalidValue(`${path}.function`, 'A function tool needs a name, and its parameters as a schema.');
  const { name, description, parameters, strict } = parsed.data.function;
  const schema = { type: 'object', ...(parameters ?? { properties: {} }) };
  return {
    name,
    ...(description && { description }),
    input_schema: strict === true ? toStrictSchema(schema) : schema,
    ...(strict === true && { strict }),
    ...toCacheMark(tool.cache_control, `${path}.cache_control`),
  };
}

interface Choice {
  toolChoice: { type: string; name?: string } | null;
  /** The only tools that may be called; null for all. */
  names: ReadonlySet<string> | null;
}

function toToolChoice(choice: unknown): Choice {
  switch (choice ?? null) {
    case null:
      return { toolChoice: null, names: null };
    case 'auto':
    case 'none':
      return { toolChoice: { type: String(choice) }, names: null };
    case 'required':
      return { toolChoice: { type: 'any' }, names: null };
  }
  const named = namedChoice.safeParse(choice);
  if (named.success) return { toolChoice: { type: 'tool', name: named.data.function.name }, names: null };
  const allowed = allowedChoice.safeParse(choice);
  if (!allowed.success) throw unsupported('tool_choice');
  const { mode, tools } = allowed.data.allowed_tools;
  const names = new Set(tools.map((tool) => tool.function.name));
  return { toolChoice: { type: mode === 'required' ? 'any' : 'auto' }, names };
}
