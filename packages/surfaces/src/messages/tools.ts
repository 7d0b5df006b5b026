import {
  AppError,
  type ChatCompletionRequest,
  type CountTokensRequest,
  checkBody,
  isRecord,
  type MessagesField,
  messagesTool,
} from '@aggregator/contracts';
import { type FieldJudge, notSupported } from '../fields/field-judge.ts';
import { toClientTool } from './client-tools.ts';

type Judge = FieldJudge<MessagesField>;
type Tools = NonNullable<ChatCompletionRequest['tools']>;
type NativeTool = NonNullable<CountTokensRequest['tools']>[number];

/** How a tool is called or shown, not what it is. */
const hints = ['allowed_callers', 'defer_loading', 'eager_input_streaming', 'input_examples'] as const;

/** Tools that the caller describes, and those that Anthropic describes for it. What Anthropic's servers run is dropped and named. */
export function toChatTools(tools: readonly NativeTool[], judge: Judge): Tools {
  return tools.flatMap((tool, index) => judge.attempt(() => toChatTool(tool, `tools[${index}]`, judge)) ?? []);
}

function toChatTool(tool: NativeTool, at: string, judge: Judge): Tools {
  const given = toDescribed(tool, judge);
  if (given === null) return [];
  const { name, description, input_schema, strict, cache_control } = checkBody(messagesTool, given, at);
  for (const hint of hints) if (asksSomething(tool[hint])) judge.dropped.note(`tools.${hint}`);
  return [
    {
      type: 'function',
      function: {
        name,
        ...(description && { description }),
        parameters: input_schema,
        ...(typeof strict === 'boolean' && { strict }),
      },
      ...(cache_control && { cache_control }),
    },
  ];
}

/** A tool with its description and schema; null for one that does not go over. */
function toDescribed(tool: NativeTool, judge: Judge): NativeTool | null {
  const { type } = tool;
  if (!type || type === 'custom') return tool;
  const known = toClientTool(type, tool);
  if (known === null) {
    judge.takesTool(type);
    return null;
  }
  const { name, description, parameters } = known;
  return { name, description, cache_control: tool.cache_control, input_schema: parameters };
}

/** A choice among the tools that go over. One of a tool that does not is dropped and named with it. */
export function toToolChoice(
  { type, name }: NonNullable<CountTokensRequest['tool_choice']>,
  tools: Tools,
  judge: Judge,
): unknown {
  if (type === 'any') return 'required';
  if (type === 'auto' || type === 'none') return type;
  return judge.attempt(() => {
    if (type !== 'tool') throw notSupported('tool_choice.type', `the choice '${type}' is not known`);
    if (!name) throw new AppError('invalid_value', { param: 'tool_choice.name' });
    const isOffered = tools.some((tool) => isRecord(tool.function) && tool.function.name === name);
    if (isOffered) return { type: 'function', function: { name } };
    judge.dropped.note('tool_choice');
    return undefined;
  });
}

function asksSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return !(Array.isArray(value) && value.every((caller) => caller === 'direct'));
}
