import { type ChatMessage, isRecord, type ToolCall } from '@aggregator/contracts';
import type { DroppedParams } from '../../fields/dropped-params.ts';
import { invalidValue } from '../../fields/invalid-value.ts';
import { unsupported } from '../../fields/sort-fields.ts';
import { toReasoningItems, withReasoning } from './reasoning-items.ts';

type Fields = Readonly<Record<string, unknown>>;
type Part = Exclude<NonNullable<ChatMessage['content']>, string>[number];

/**
 * Returns a conversation as input items. Items have no ids: nothing is stored, and OpenAI looks up what has one.
 * Source: https://platform.openai.com/docs/api-reference/responses/create#responses-create-input (read 2026-11).
 * @throws {AppError} `unsupported_parameter`, `invalid_value`.
 */
export function toInputItems(messages: readonly ChatMessage[], dropped: DroppedParams): Fields[] {
  const customCalls = new Set<string>();
  return messages.flatMap((message, index): Fields[] => {
    const path = `messages[${index}]`;
    if (message.name) dropped.note('name');
    switch (message.role) {
      case 'assistant':
        return toAssistantItems(message, path, customCalls);
      case 'tool':
        return [toCallOutput(message, path, customCalls)];
      case 'function':
        throw unsupported(`${path}.role`);
      default:
        return [{ type: 'message', role: message.role, content: toContent(message.content ?? '', `${path}.content`) }];
    }
  });
}

function toAssistantItems(message: ChatMessage, path: string, customCalls: Set<string>): Fields[] {
  if (message.function_call) throw unsupported(`${path}.function_call`);
  const details = message.reasoning_details ?? [];
  const content = toOutputContent(message, `${path}.content`);
  const items: Fields[] = content.length === 0 ? [] : [{ type: 'message', role: 'assistant', content }];
  for (const [index, call] of (message.tool_calls ?? []).entries()) {
    items.push(toCallItem(call, `${path}.tool_calls[${index}]`, customCalls));
  }
  return withReasoning(items, toReasoningItems(details));
}

function toCallItem(call: ToolCall, path: string, customCalls: Set<string>): Fields {
  const { id, function: called, custom } = call;
  if (!id) throw invalidValue(`${path}.id`, 'A tool call needs the id that it was made with.');
  if (called !== undefined) {
    return { type: 'function_call', call_id: id, name: called.name, arguments: called.arguments };
  }
  if (!isRecord(custom)) throw unsupported(path);
  customCalls.add(id);
  return { type: 'custom_tool_call', call_id: id, name: custom.name, input: custom.input };
}

function toCallOutput({ tool_call_id: id, content }: ChatMessage, path: string, customCalls: Set<string>): Fields {
  if (!id) throw invalidValue(`${path}.tool_call_id`, 'The result of a tool needs the id of its call.');
  const type = customCalls.has(id) ? 'custom_tool_call_output' : 'function_call_output';
  return { type, call_id: id, output: toContent(content ?? '', `${path}.content`) };
}

function toContent(content: string | readonly Part[], path: string): string | Fields[] {
  if (typeof content === 'string') return content;
  return content.map((part, index) => toInputPart(part, `${path}[${index}]`));
}

function toInputPart(part: Part, path: string): Fields {
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text };
    case 'refusal':
      return { type: 'input_text', text: part.refusal };
    case 'image_url': {
      const { url, detail = 'auto' } = isRecord(part.image_url) ? part.image_url : {};
      return { type: 'input_image', image_url: url, detail };
    }
    case 'file':
      return { type: 'input_file', ...(isRecord(part.file) ? part.file : {}) };
    default:
      throw unsupported(path);
  }
}

function toOutputContent({ content, refusal }: ChatMessage, path: string): Fields[] {
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
  const said = parts.map((part, index): Fields => {
    if (part.type === 'text') return { type: 'output_text', text: part.text };
    if (part.type === 'refusal') return { type: 'refusal', refusal: part.refusal };
    throw unsupported(`${path}[${index}]`);
  });
  const spoken = said.filter(({ text, refusal: refused }) => text !== '' && refused !== '');
  return typeof refusal === 'string' && refusal !== '' ? [...spoken, { type: 'refusal', refusal }] : spoken;
}
