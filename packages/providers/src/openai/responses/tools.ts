import { type ChatCompletionRequest, isRecord } from '@aggregator/contracts';
import { invalidValue } from '../../fields/invalid-value.ts';
import { unsupported } from '../../fields/sort-fields.ts';
import { withProperties } from '../tools.ts';

type Fields = Readonly<Record<string, unknown>>;
type Tool = NonNullable<ChatCompletionRequest['tools']>[number];

/** Parameters of a function that has none. */
const noParameters = { type: 'object', properties: {} };

/**
 * Returns a tool in its flat form. `strict` is always sent, because the Responses API takes an absent one for true and chat
 * completions take it for false.
 * Source: https://platform.openai.com/docs/guides/migrate-to-responses (read 2026-11).
 * @throws {AppError} `unsupported_parameter`, `invalid_value`.
 */
export function toResponsesTool(tool: Tool, path: string): Fields {
  if (tool.type === 'function') {
    const { name, description, parameters, strict } = definitionOf(tool.function, `${path}.function`);
    return {
      type: 'function',
      name,
      ...(description !== undefined && { description }),
      parameters: withProperties(parameters ?? noParameters),
      strict: strict === true,
    };
  }
  if (tool.type !== 'custom') throw unsupported(path);
  const { name, description, format } = definitionOf(tool.custom, `${path}.custom`);
  return {
    type: 'custom',
    name,
    ...(description !== undefined && { description }),
    ...(isRecord(format) && { format: toFlatFormat(format) }),
  };
}

/** @throws {AppError} `unsupported_parameter` for a choice that is not known. */
export function toResponsesToolChoice(choice: unknown): unknown {
  if (typeof choice === 'string') return choice;
  if (!isRecord(choice)) throw unsupported('tool_choice');
  if (choice.type !== 'allowed_tools') return toNamedTool(choice);
  const { mode, tools } = isRecord(choice.allowed_tools) ? choice.allowed_tools : {};
  if (!Array.isArray(tools)) throw unsupported('tool_choice');
  return { type: 'allowed_tools', mode, tools: tools.map(toNamedTool) };
}

function toNamedTool(tool: unknown): Fields {
  const { type, function: called, custom } = isRecord(tool) ? tool : {};
  const named = type === 'function' ? called : type === 'custom' ? custom : null;
  if (!isRecord(named)) throw unsupported('tool_choice');
  return { type, name: named.name };
}

function definitionOf(value: unknown, path: string): Fields {
  if (isRecord(value) && typeof value.name === 'string') return value;
  throw invalidValue(path, 'A tool needs a name.');
}

function toFlatFormat({ type, grammar }: Fields): Fields {
  return { type, ...(isRecord(grammar) && grammar) };
}
