import { type ChatCompletionRequest, isRecord } from '@aggregator/contracts';
import type { Prompt } from '@aggregator/tokens';
import { textsOfMessage } from '../attempts/read-texts.ts';

/** Returns what a tokenizer counts of a chat: its words, its tools and its pictures, and nothing of the JSON around them. */
export function toPrompt({ messages, tools, response_format: format }: ChatCompletionRequest): Prompt {
  const schema = isRecord(format) && format.type === 'json_schema' ? [JSON.stringify(format.json_schema)] : [];
  return {
    texts: messages.flatMap(textsOfMessage),
    messages: messages.length,
    tools: [...(tools ?? []).map((tool) => JSON.stringify(tool)), ...schema],
    pictures: messages.flatMap(({ content }) => (Array.isArray(content) ? content.flatMap(toPicture) : [])),
  };
}

function toPicture(part: { type: string; image_url?: unknown }): Prompt['pictures'][number][] {
  if (part.type !== 'image_url') return [];
  const image = part.image_url;
  if (typeof image === 'string') return [{ url: image, detail: null }];
  return isRecord(image) && typeof image.url === 'string' ? [{ url: image.url, detail: image.detail }] : [];
}
