import {
  type ChatMessage,
  type CountTokensRequest,
  checkBody,
  type MessagesField,
  messagesBlock,
  messagesSource,
} from '@aggregator/contracts';
import { type FieldJudge, notSupported } from '../fields/field-judge.ts';

type Judge = FieldJudge<MessagesField>;
type Block = Exclude<CountTokensRequest['messages'][number]['content'], string>[number];
export type ChatPart = Exclude<NonNullable<ChatMessage['content']>, string>[number];

/** A block of what a user, a system or a tool says, as parts of a chat message. */
export function toChatParts(block: Block, at: string, judge: Judge): ChatPart[] {
  if (!judge.takesKind('content', block.type, at)) return [];
  if (block.citations && !isOff(block.citations)) judge.takes('content.citations', `${at}.citations`);
  switch (block.type) {
    case 'text': {
      const { text, cache_control } = checkBody(messagesBlock.text, block, at);
      return [{ type: 'text', text, ...withMark(cache_control) }];
    }
    case 'image': {
      const { source, cache_control } = checkBody(messagesBlock.image, block, at);
      const url = toImageUrl(source, `${at}.source`, judge);
      return [{ type: 'image_url', image_url: { url }, ...withMark(cache_control) }];
    }
    case 'document':
      return toDocumentParts(block, at, judge);
    case 'search_result': {
      const { title, source, content, cache_control } = checkBody(messagesBlock.search_result, block, at);
      const text = [title, source, ...content.map((part) => part.text)].join('\n');
      return [{ type: 'text', text, ...withMark(cache_control) }];
    }
    default:
      throw notSupported(at, `a block '${block.type}' has no place here`);
  }
}

export function withMark(mark: unknown): { cache_control?: unknown } {
  return mark ? { cache_control: mark } : {};
}

function toImageUrl(source: Block, at: string, judge: Judge): string {
  judge.takesKind('source', source.type, at);
  switch (source.type) {
    case 'base64': {
      const { media_type, data } = checkBody(messagesSource.base64, source, at);
      return `data:${media_type};base64,${data}`;
    }
    case 'url':
      return checkBody(messagesSource.url, source, at).url;
    default:
      throw notSupported(at, `an image cannot come from '${source.type}'`);
  }
}

/** A file where it is one; text where it is text, with its title and what the caller says about it before it. */
function toDocumentParts(block: Block, at: string, judge: Judge): ChatPart[] {
  const { source, title, context, cache_control } = checkBody(messagesBlock.document, block, at);
  const sourceAt = `${at}.source`;
  judge.takesKind('source', source.type, sourceAt);
  const about: ChatPart[] = context ? [{ type: 'text', text: context }] : [];
  const heading: ChatPart[] = title ? [{ type: 'text', text: title }, ...about] : about;
  switch (source.type) {
    case 'base64': {
      const { media_type, data } = checkBody(messagesSource.base64, source, sourceAt);
      const file = { filename: title || 'document.pdf', file_data: `data:${media_type};base64,${data}` };
      return [...about, { type: 'file', file, ...withMark(cache_control) }];
    }
    case 'text': {
      const { data } = checkBody(messagesSource.text, source, sourceAt);
      return [...heading, { type: 'text', text: data, ...withMark(cache_control) }];
    }
    case 'content': {
      const { content } = checkBody(messagesSource.content, source, sourceAt);
      const parts: ChatPart[] =
        typeof content === 'string'
          ? [{ type: 'text', text: content }]
          : content.flatMap((part, index) => toChatParts(part, `${sourceAt}.content[${index}]`, judge));
      const last = parts.pop();
      return last === undefined ? heading : [...heading, ...parts, { ...last, ...withMark(cache_control) }];
    }
    default:
      throw notSupported(sourceAt, 'a document is not fetched from elsewhere; send its content as base64 or text');
  }
}

/** Citations that are not asked for. */
function isOff(citations: unknown): boolean {
  if (Array.isArray(citations)) return citations.length === 0;
  return typeof citations === 'object' && citations !== null && 'enabled' in citations && citations.enabled === false;
}
