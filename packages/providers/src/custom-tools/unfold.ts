import { type ChatCompletionRequest, type ChatMessage, isRecord } from '@aggregator/contracts';

type Tool = NonNullable<ChatCompletionRequest['tools']>[number];
type Call = NonNullable<ChatMessage['tool_calls']>[number];

/** The one argument of a custom tool that is offered as a function. */
export const inputField = 'input';

/** Names of the custom tools of a request: calls of them in the answer are custom calls again. */
export function namesOfCustomTools({ tools }: Pick<ChatCompletionRequest, 'tools'>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { type, custom } of tools ?? []) {
    if (type === 'custom' && isRecord(custom) && typeof custom.name === 'string') names.add(custom.name);
  }
  return names;
}

/** A request whose custom tools, and calls of them, are functions with one string. The grammar of a tool is in its description. */
export function unfoldCustomTools(request: ChatCompletionRequest): ChatCompletionRequest {
  return {
    ...request,
    messages: request.messages.map(unfoldMessage),
    ...(request.tools && { tools: request.tools.map(unfoldTool) }),
    ...(isRecord(request.tool_choice) && { tool_choice: unfoldChoice(request.tool_choice) }),
  };
}

function unfoldTool(tool: Tool): Tool {
  if (tool.type !== 'custom' || !isRecord(tool.custom)) return tool;
  const { custom, ...rest } = tool;
  const { name, description, format } = isRecord(custom) ? custom : {};
  const text = [description, isRecord(format) ? describeGrammar(format) : ''].filter(Boolean).join('\n\n');
  const parameters = {
    type: 'object',
    properties: { [inputField]: { type: 'string', description: 'The whole input of the tool, as plain text.' } },
    required: [inputField],
    additionalProperties: false,
  };
  return { ...rest, type: 'function', function: { name, ...(text !== '' && { description: text }), parameters } };
}

function describeGrammar({ grammar }: Readonly<Record<string, unknown>>): string {
  if (!isRecord(grammar) || typeof grammar.definition !== 'string') return '';
  return `The input must match this grammar (${String(grammar.syntax)}):\n${grammar.definition}`;
}

function unfoldChoice(choice: Readonly<Record<string, unknown>>): unknown {
  if (choice.type === 'custom' && isRecord(choice.custom)) {
    return { type: 'function', function: { name: choice.custom.name } };
  }
  const { allowed_tools: allowed } = choice;
  if (!isRecord(allowed) || !Array.isArray(allowed.tools)) return choice;
  const tools = allowed.tools.map((tool) => (isRecord(tool) ? unfoldChoice(tool) : tool));
  return { ...choice, allowed_tools: { ...allowed, tools } };
}

function unfoldMessage(message: ChatMessage): ChatMessage {
  if (!message.tool_calls?.some(({ type }) => type === 'custom')) return message;
  return { ...message, tool_calls: message.tool_calls.map(unfoldCall) };
}

function unfoldCall(call: Call): Call {
  const { custom, ...rest } = call;
  if (call.type !== 'custom' || !isRecord(custom)) return call;
  const text = JSON.stringify({ [inputField]: custom.input ?? '' });
  return { ...rest, type: 'function', function: { name: String(custom.name), arguments: text } };
}
