import {
  AppError,
  type ChatCompletionRequest,
  checkBody,
  type ResponsesField,
  type ResponsesRequest,
  responsesTool,
} from '@aggregator/contracts';
import { isRecord } from '@aggregator/providers';
import { type FieldJudge, notSupported } from '../fields/field-judge.ts';

type Judge = FieldJudge<ResponsesField>;
type Tools = NonNullable<ChatCompletionRequest['tools']>;

/** How a tool is called or shown, not what it is. */
const hints = ['allowed_callers', 'async', 'defer_loading', 'output_schema'] as const;

/** The flat form of a tool as the nested one. */
export function toChatTools(tools: NonNullable<ResponsesRequest['tools']>, judge: Judge): Tools {
  return tools.map((tool, index) => {
    const at = `tools[${index}]`;
    judge.takesKind('tools', tool.type, at);
    for (const hint of hints) if (asksSomething(tool[hint])) judge.dropped.note(`tools.${hint}`);
    return tool.type === 'custom' ? toCustomTool(tool, at) : toFunctionTool(tool, at);
  });
}

function toFunctionTool(tool: Tools[number], at: string): Tools[number] {
  const { name, description, parameters, strict } = checkBody(responsesTool.function, tool, at);
  return {
    type: 'function',
    function: {
      name,
      ...(description && { description }),
      ...(parameters && { parameters }),
      ...(typeof strict === 'boolean' && { strict }),
    },
  };
}

function toCustomTool(tool: Tools[number], at: string): Tools[number] {
  const { name, description, format } = checkBody(responsesTool.custom, tool, at);
  const { type, ...grammar } = format ?? { type: 'text' };
  return {
    type: 'custom',
    custom: {
      name,
      ...(description && { description }),
      ...(format && { format: type === 'grammar' ? { type, grammar } : { type } }),
    },
  };
}

/** @throws {AppError} `unsupported_parameter` for a tool that is not here */
export function toToolChoice(choice: ResponsesRequest['tool_choice'], judge: Judge): unknown {
  if (!choice || typeof choice === 'string') return choice;
  if (choice.type !== 'allowed_tools') return toNamedTool(choice, 'tool_choice', judge);
  if (!Array.isArray(choice.tools)) throw new AppError('invalid_value', { param: 'tool_choice.tools' });
  const tools = choice.tools.map((tool, index) => toNamedTool(tool, `tool_choice.tools[${index}]`, judge));
  return { type: 'allowed_tools', allowed_tools: { mode: choice.mode, tools } };
}

function toNamedTool(tool: unknown, at: string, judge: Judge): unknown {
  if (!isRecord(tool) || typeof tool.type !== 'string') throw new AppError('invalid_value', { param: at });
  judge.takesKind('tools', tool.type, at);
  if (typeof tool.name !== 'string') throw new AppError('invalid_value', { param: `${at}.name` });
  if (tool.type === 'function') return { type: 'function', function: { name: tool.name } };
  if (tool.type === 'custom') return { type: 'custom', custom: { name: tool.name } };
  throw notSupported(at);
}

function asksSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return !(Array.isArray(value) && value.every((caller) => caller === 'direct'));
}
