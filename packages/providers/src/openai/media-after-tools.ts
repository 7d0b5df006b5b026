import type { ChatMessage } from '@aggregator/contracts';

type Part = Exclude<NonNullable<ChatMessage['content']>, string>[number];

const seeBelow: Part = { type: 'text', text: 'The result is in the message that follows.' };

/**
 * The messages with results of tools that hold text alone, which is all that this dialect has a place for: of a picture in a
 * result OpenAI's models say that they cannot see it. Pictures, sound and files go to the user's message that comes next, or to
 * a separate one, behind all results in a row, each under the id of the call that it is the result of: so the model
 * sees what the tool showed, and knows whence it is. Where nothing is to be moved these are the very same messages.
 * Sources: https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages,
 * https://github.com/openai/openai-openapi/issues/523 (read 2026-11).
 */
export function withMediaAfterTools(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  if (!messages.some((message) => message.role === 'tool' && mediaOf(message).length > 0)) return messages;
  const placed: ChatMessage[] = [];
  let media: Part[] = [];
  for (const message of messages) {
    if (message.role === 'tool') {
      placed.push(withoutMedia(message));
      media.push(...labelled(message));
      continue;
    }
    if (message.role === 'user' && media.length > 0) placed.push(withParts(message, media));
    else placed.push(...toUserMessages(media), message);
    media = [];
  }
  return [...placed, ...toUserMessages(media)];
}

function isText({ type }: Part): boolean {
  return type === 'text' || type === 'refusal';
}

function mediaOf({ content }: ChatMessage): Part[] {
  return Array.isArray(content) ? content.filter((part) => !isText(part)) : [];
}

function labelled(message: ChatMessage): Part[] {
  const media = mediaOf(message);
  if (media.length === 0) return [];
  return [{ type: 'text', text: `Of the result of the tool call ${message.tool_call_id ?? ''}:` }, ...media];
}

function withoutMedia(message: ChatMessage): ChatMessage {
  const { content } = message;
  if (!Array.isArray(content) || mediaOf(message).length === 0) return message;
  const texts = content.filter(isText);
  return { ...message, content: texts.length > 0 ? texts : [seeBelow] };
}

/** Two messages of the user in a row are more than some servers take. */
function withParts(message: ChatMessage, media: readonly Part[]): ChatMessage {
  const { content } = message;
  const own = typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
  return { ...message, content: [...media, ...own] };
}

function toUserMessages(media: Part[]): ChatMessage[] {
  return media.length === 0 ? [] : [{ role: 'user', content: media }];
}
