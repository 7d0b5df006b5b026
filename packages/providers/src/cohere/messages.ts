import { type ChatMessage, isRecord } from '@aggregator/contracts';
import type { DroppedParams } from '../fields/dropped-params.ts';
import { withFailureAsText } from '../fields/failure-as-text.ts';
import { invalidValue } from '../fields/invalid-value.ts';
import { unsupported } from '../fields/sort-fields.ts';
import { withMediaAfterTools } from '../openai/media-after-tools.ts';

type CohereMessage = Record<string, unknown>;

/**
 * A conversation in Cohere's words. Its system turn is one, and the first: what system and developer say anywhere is
 * there together. Pictures it takes of the user alone: those of tools go there, others are refused.
 * Source: https://docs.cohere.com/reference/chat and …/reference/errors (read 2026-11).
 * @throws {AppError} `unsupported_parameter`, `invalid_value`
 */
export function toCohereMessages(messages: readonly ChatMessage[], dropped: DroppedParams): CohereMessage[] {
  const instructions: string[] = [];
  const turns: CohereMessage[] = [];
  for (const [index, message] of messages.entries()) checkMessage(message, `messages[${index}]`);
  for (const message of withMediaAfterTools(messages)) {
    if (message.name) dropped.note('messages.name');
    switch (message.role) {
      case 'system':
      case 'developer':
        instructions.push(readText(message.content));
        break;
      case 'user':
        turns.push({ role: 'user', content: toUserContent(message.content) });
        break;
      case 'assistant':
        turns.push(toAssistantTurn(message));
        break;
      case 'tool':
        turns.push({
          role: 'tool',
          tool_call_id: message.tool_call_id,
          content: readText(withFailureAsText(message).content),
        });
        break;
    }
  }
  const system = instructions.filter((text) => text !== '').join('\n\n');
  return system === '' ? turns : [{ role: 'system', content: system }, ...turns];
}

/** By the caller's own positions, before anything is moved. */
function checkMessage({ role, content, tool_call_id: callId }: ChatMessage, path: string): void {
  if (role === 'function') throw unsupported(`${path}.role`);
  if (role === 'tool' && !callId) {
    throw invalidValue(`${path}.tool_call_id`, 'The result of a tool needs the id of its call.');
  }
  if (role === 'user' || role === 'tool' || !Array.isArray(content)) return;
  const image = content.findIndex((part) => part.type === 'image_url');
  if (image >= 0) throw unsupported(`${path}.content[${image}]`);
}

function toUserContent(content: ChatMessage['content']): unknown {
  if (!Array.isArray(content)) return content ?? '';
  return content.map((part) => {
    if (part.type !== 'image_url') return { type: 'text', text: textOf(part) };
    const { url, detail } = isRecord(part.image_url) ? part.image_url : {};
    return { type: 'image_url', image_url: { url, ...(detail !== undefined && { detail }) } };
  });
}

/** The plan that Cohere made before its calls, which it likes to have back, is what we returned as reasoning. */
function toAssistantTurn(message: ChatMessage): CohereMessage {
  const { refusal, reasoning_content: plan } = message;
  const text = readText(message.content) || (typeof refusal === 'string' ? refusal : '');
  const calls = (message.tool_calls ?? []).map((call) => ({ id: call.id, type: 'function', function: call.function }));
  if (calls.length === 0) return { role: 'assistant', content: text };
  return {
    role: 'assistant',
    ...(text !== '' && { content: text }),
    ...(typeof plan === 'string' && plan !== '' && { tool_plan: plan }),
    tool_calls: calls,
  };
}

/** The text of a message, parts joined. */
function readText(content: ChatMessage['content']): string {
  return Array.isArray(content) ? content.map(textOf).join('') : (content ?? '');
}

function textOf(part: Readonly<Record<string, unknown>>): string {
  const text = part.type === 'refusal' ? part.refusal : part.text;
  return typeof text === 'string' ? text : '';
}
