import type { ChatCompletionRequest } from '@aggregator/contracts';
import { z } from 'zod';
import { invalidValue } from '../fields/invalid-value.ts';
import { unsupported } from '../fields/sort-fields.ts';

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
    tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).min(1),
  }),
});

interface FunctionDeclaration {
  name: string;
  description?: string;
  parametersJsonSchema?: Readonly<Record<string, unknown>>;
}

interface CallingConfig {
  mode: 'AUTO' | 'ANY' | 'NONE' | 'VALIDATED';
  allowedFunctionNames?: readonly string[];
}

export interface ToolFields {
  tools?: readonly { functionDeclarations: readonly FunctionDeclaration[] }[];
  toolConfig?: { functionCallingConfig: CallingConfig };
}

type Tools = Pick<ChatCompletionRequest, 'tools'> & { tool_choice?: unknown };

/**
 * The tools and how they are to be used. Where a tool is `strict`, or only some may be called, the calls are held to
 * their schemas (`VALIDATED`), which leaves the choice with the model.
 * Source: https://ai.google.dev/gemini-api/docs/generate-content/function-calling#function_calling_modes (read 2026-11).
 * @throws {AppError} `invalid_value`, `unsupported_parameter`.
 */
export function toToolFields({ tools, tool_choice: choice }: Tools): ToolFields {
  if (!tools || tools.length === 0) {
    if (choice === undefined || choice === null || choice === 'auto' || choice === 'none') return {};
    throw invalidValue('tool_choice', 'A tool can be required only where there are tools.');
  }
  const parsed = tools.map((tool, index) => parseTool(tool, `tools[${index}]`));
  const config = toCallingConfig(
    choice,
    parsed.some(({ strict }) => strict === true),
  );
  return {
    tools: [{ functionDeclarations: parsed.map(toDeclaration) }],
    ...(config !== null && { toolConfig: { functionCallingConfig: config } }),
  };
}

type FunctionTool = z.infer<typeof functionTool>['function'];

function parseTool(tool: unknown, path: string): FunctionTool {
  const parsed = functionTool.safeParse(tool);
  if (parsed.success) return parsed.data.function;
  throw invalidValue(`${path}.function`, 'A function tool needs a name, and its parameters as a schema.');
}

function toDeclaration({ name, description, parameters }: FunctionTool): FunctionDeclaration {
  return { name, ...(description && { description }), ...(parameters && { parametersJsonSchema: parameters }) };
}

/** Null where nothing need be said. */
function toCallingConfig(choice: unknown, isStrict: boolean): CallingConfig | null {
  switch (choice ?? 'auto') {
    case 'auto':
      return isStrict ? { mode: 'VALIDATED' } : null;
    case 'none':
      return { mode: 'NONE' };
    case 'required':
      return { mode: 'ANY' };
  }
  const named = namedChoice.safeParse(choice);
  if (named.success) return { mode: 'ANY', allowedFunctionNames: [named.data.function.name] };
  const allowed = allowedChoice.safeParse(choice);
  if (!allowed.success) throw unsupported('tool_choice');
  const { mode, tools } = allowed.data.allowed_tools;
  const allowedFunctionNames = tools.map((tool) => tool.function.name);
  return { mode: mode === 'required' ? 'ANY' : 'VALIDATED', allowedFunctionNames };
}
