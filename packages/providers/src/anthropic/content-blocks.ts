import { AppError, type ChatMessage, cacheControl } from '@aggregator/contracts';
import { z } from 'zod';
import { invalidValue } from '../fields/invalid-value.ts';
import { unsupported } from '../fields/sort-fields.ts';

/** One block of a turn, in Anthropic's words. */
export interface Block {
  type: string;
  [field: string]: unknown;
}

const imagePart = z.looseObject({ image_url: z.looseObject({ url: z.string() }) });
const filePart = z.looseObject({
  file: z.looseObject({ file_data: z.string().nullish(), filename: z.string().nullish() }),
});
const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64,(.*)$/s;
const imageTypes: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);

/**
 * The blocks of a message's content. Texts of nothing but white space are left out, because Anthropic refuses them.
 * @throws {AppError} `unsupported_parameter` for a part that has no place in that role, `invalid_value`, `invalid_image_url`.
 */
export function toBlocks({ content, role, cache_control: mark }: ChatMessage, path: string): Block[] {
  if (content === null || content === undefined) return [];
  const parts = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const blocks = parts.flatMap((part, index) => toBlock(part, role, `${path}.content[${index}]`));
  return withCacheMark(blocks, mark, `${path}.cache_control`);
}

/** Puts a caller's mark on the last block, which is where a prompt up to there is cached. */
export function withCacheMark(blocks: Block[], mark: unknown, path: string): Block[] {
  const field = toCacheMark(mark, path);
  return blocks.map((block, index) => (index === blocks.length - 1 ? { ...block, ...field } : block));
}

/** The field that a caller's mark becomes, or none. */
export function toCacheMark(mark: unknown, path: string): { cache_control?: { type: 'ephemeral'; ttl?: '5m' | '1h' } } {
  if (mark === undefined || mark === null) return {};
  const parsed = cacheControl.safeParse(mark);
  if (!parsed.success) throw invalidValue(path, 'A cache mark is {"type": "ephemeral"}, with "ttl" "5m" or "1h".');
  const { ttl } = parsed.data;
  return { cache_control: { type: 'ephemeral', ...(ttl && { ttl }) } };
}

/** A part that holds no more than a text is sent as text. */
export function toContent(blocks: readonly Block[]): string | readonly Block[] {
  const [first] = blocks;
  const isPlain = blocks.length === 1 && first?.type === 'text' && Object.keys(first).length === 2;
  return isPlain && typeof first.text === 'string' ? first.text : blocks;
}

function toBlock(part: { type: string; [field: string]: unknown }, role: string, path: string): Block[] {
  return withCacheMark(toPlainBlock(part, role, path), part.cache_control, `${path}.cache_control`);
}

function toPlainBlock(part: { type: string; [field: string]: unknown }, role: string, path: string): Block[] {
  switch (part.type) {
    case 'text':
      return toTextBlock(part.text, `${path}.text`);
    case 'refusal':
      return toTextBlock(part.refusal, `${path}.refusal`);
    case 'image_url':
      if (role !== 'user' && role !== 'tool') throw unsupported(path);
      return [toImageBlock(part, path)];
    case 'file':
      if (role !== 'user' && role !== 'tool') throw unsupported(path);
      return [toDocumentBlock(part, path)];
    default:
      throw unsupported(path);
  }
}

export function toTextBlock(text: unknown, path: string): Block[] {
  if (typeof text !== 'string') throw invalidValue(path, 'The text of a content part must be a string.');
  return /\S/.test(text) ? [{ type: 'text', text }] : [];
}

function toImageBlock(part: unknown, path: string): Block {
  const parsed = imagePart.safeParse(part);
  if (!parsed.success) throw invalidValue(`${path}.image_url`, 'An image part needs image_url.url.');
  const { url } = parsed.data.image_url;
  if (/^https?:\/\//i.test(url)) return { type: 'image', source: { type: 'url', url } };
  const [, type = '', data = ''] = dataUrl.exec(url) ?? [];
  const mediaType = type.toLowerCase() === 'image/jpg' ? 'image/jpeg' : type.toLowerCase();
  if (!imageTypes.has(mediaType)) throw new AppError('invalid_image_url', { param: `${path}.image_url.url` });
  return { type: 'image', source: { type: 'base64', media_type: mediaType, data } };
}

/** A PDF or a plain text, as data or, a PDF only, by its address. A `file_id` names a file in another's store. */
function toDocumentBlock(part: unknown, path: string): Block {
  const parsed = filePart.safeParse(part);
  if (!parsed.success) throw invalidValue(`${path}.file`, 'A file part needs file.file_data.');
  const { file_data: file, filename } = parsed.data.file;
  if (!file) throw unsupported(`${path}.file`);
  const source = toDocumentSource(file, path);
  return { type: 'document', source, ...(filename && { title: filename }) };
}

function toDocumentSource(file: string, path: string): Record<string, unknown> {
  if (/^https?:\/\//i.test(file)) return { type: 'url', url: file };
  const [, type = '', data = ''] = dataUrl.exec(file) ?? [];
  if (type === 'application/pdf') return { type: 'base64', media_type: type, data };
  if (type !== 'text/plain') {
    throw invalidValue(`${path}.file.file_data`, 'A file must be a data URL of a PDF or of a plain text, in base64.');
  }
  return { type: 'text', media_type: type, data: Buffer.from(data, 'base64').toString('utf8') };
}
