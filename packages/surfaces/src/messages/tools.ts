import {
  AppError,
  type ChatCompletionRequest,
  type CountTokensRequest,
  checkBody,
  type MessagesField,
  messagesTool,
} from '@aggregator/contracts';
import { type FieldJudge, notSupported } from '../fields/field-judge.ts';

type Tools = NonNullable<ChatCompletionRequest['tools']>;
type NativeTools = NonNullable<CountTokensRequest['tools']>;

/** How a tool is called or shown, not what it is. */
const hints = ['allowed_callers', 'defer_loading', 'eager_input_streaming', 'input_examples'] as const;

/** Tools that the caller describes. Those that Anthropic describes, or runs, are unknown to every other model. */
export function toChatTools(tools: NativeTools, judge: FieldJudge<MessagesField>): Tools {
  return tools.map((tool, index) => {
    const at = `tools[${index}]`;
    if (tool.type && tool.type !== 'custom') {
      throw notSupported(at, `'${tool.type}' is a tool of Anthropic's own; describe yours with name and input_schema`);
    }
    const { name, description, input_schema, strict, cache_control } = checkBody(messagesTool, tool, at);
    for (const hint of hints) if (asksSomething(tool[hint])) judge.dropped.note(`tools.${hint}`);
    return {
      type: 'function',
      function: {
        name,
        ...(description && { description }),
        parameters: input_schema,
        ...(typeof strict === 'boolean' && { strict }),
      },
      ...(cache_control && { cache_control }),
    };
  });
}

export function toToolChoice({ type, name }: NonNullable<CountTokensRequest['tool_choice']>): unknown {
  switch (type) {
    case 'any':
      return 'required';
    case 'tool':
      if (!name) throw new AppError('invalid_value', { param: 'tool_choice.name' });
      return { type: 'function', function: { name } };
    default:
      return type;
  }
}

function asksSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return !(Array.isArray(value) && value.every((caller) => caller === 'direct'));
}
