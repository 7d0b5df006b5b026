import type { FakeChat, FakeMessage } from '../wire.ts';
import { toFlatName } from './flatten-tools.ts';
import type { FakeItem, FakeResponses } from './wire.ts';

type Content = Extract<FakeItem, { type: 'message' }>['content'];
type UserPart = Exclude<Extract<FakeMessage, { role: 'user' }>['content'], string>[number];

/** A request as the rest of the fake reads it. Encrypted thoughts, which it makes nothing of, are left out. */
export function toFakeChat(request: FakeResponses): FakeChat {
  const items: readonly FakeItem[] =
    typeof request.input === 'string' ? [{ type: 'message', role: 'user', content: request.input }] : request.input;
  const format = request.text?.format;
  const tools = (request.tools ?? []).flatMap((tool) => {
    if (tool.type !== 'function') return [];
    const { type, ...definition } = tool;
    return [{ type, function: definition }];
  });
  const choice = request.tool_choice;
  return {
    model: request.model,
    messages: [
      ...(request.instructions ? [{ role: 'system' as const, content: request.instructions }] : []),
      ...items.flatMap(toMessages),
    ],
    max_completion_tokens: request.max_output_tokens,
    reasoning_effort: request.reasoning?.effort,
    parallel_tool_calls: request.parallel_tool_calls ?? true,
    stream: request.stream,
    ...(tools.length > 0 && { tools }),
    ...(typeof choice === 'string' && { tool_choice: choice }),
    ...(typeof choice === 'object' &&
      choice.type === 'function' && { tool_choice: { type: 'function', function: { name: choice.name } } }),
    ...(format?.type === 'json_object' && { response_format: { type: 'json_object' } }),
    ...(format?.type === 'json_schema' && { response_format: { type: 'json_schema', json_schema: format } }),
  };
}

function toMessages(item: FakeItem): FakeMessage[] {
  switch (item.type) {
    case 'reasoning':
    case 'additional_tools':
      return [];
    case 'message':
      if (item.role === 'assistant') return [{ role: 'assistant', content: readTexts(item.content) }];
      if (item.role !== 'user') return [{ role: item.role, content: readTexts(item.content) }];
      return [{ role: 'user', content: typeof item.content === 'string' ? item.content : toParts(item.content) }];
    case 'function_call':
    case 'custom_tool_call': {
      const text = item.type === 'function_call' ? item.arguments : item.input;
      const call = {
        id: item.call_id,
        type: 'function' as const,
        function: { name: toFlatName(item.name, item.namespace), arguments: text },
      };
      return [{ role: 'assistant', tool_calls: [call] }];
    }
    default: {
      const seen = typeof item.output === 'string' ? [] : toParts(item.output).filter(({ type }) => type !== 'text');
      const result: FakeMessage = { role: 'tool', tool_call_id: item.call_id, content: readTexts(item.output) };
      return seen.length === 0 ? [result] : [result, { role: 'user', content: seen }];
    }
  }
}

function readTexts(content: Content): string {
  if (typeof content === 'string') return content;
  return content.map((part) => ('text' in part ? part.text : '')).join('');
}

function toParts(content: Exclude<Content, string>): UserPart[] {
  return content.flatMap((part): UserPart[] => {
    switch (part.type) {
      case 'input_text':
        return [{ type: 'text', text: part.text }];
      case 'input_image':
        return [{ type: 'image_url', image_url: { url: part.image_url } }];
      case 'input_file':
        return [{ type: 'file', file: {} }];
      default:
        return [];
    }
  });
}
