import type { ChatCompletionRequest } from '@aggregator/contracts';
import { judgeAddresses } from './judge-addresses.ts';

/** What is in a conversation besides text. */
export interface ContentSummary {
  readonly images: number;
  /** What follows the comma in each data URL of an image, in order: part of the body, but not read as text. */
  readonly media: readonly string[];
  /** There are parts (audio, files, …) whose tokens cannot be derived from their size. */
  readonly hasOpaqueParts: boolean;
}

const textParts: ReadonlySet<string> = new Set(['text', 'refusal', 'input_text', 'output_text', 'thinking']);

/**
 * Looks through the messages and tools once.
 * @throws {AppError} `invalid_image_url`, `invalid_file_url` for an address that a provider may not be asked to fetch.
 */
export function inspectContent({ messages, tools }: ChatCompletionRequest): ContentSummary {
  let images = 0;
  const media: string[] = [];
  let hasOpaqueParts = false;
  for (const [at, { content, images: drawn }] of messages.entries()) {
    if (drawn !== undefined) judgeAddresses({ images: drawn }, () => `messages[${at}]`);
    if (!Array.isArray(content)) continue;
    for (const [partAt, part] of content.entries()) {
      judgeAddresses(part, () => `messages[${at}].content[${partAt}]`);
      if (part.type === 'image_url') {
        images += 1;
        const text = readDataUrl(part.image_url);
        if (text !== null) media.push(text);
      } else if (!textParts.has(part.type)) hasOpaqueParts = true;
    }
  }
  for (const [at, { function: _called, custom: _custom, ...tool }] of (tools ?? []).entries()) {
    judgeAddresses(tool, () => `tools[${at}]`);
  }
  return { images, media, hasOpaqueParts };
}

/** Returns what follows the comma of a data URL, null for any other address. */
function readDataUrl(image: unknown): string | null {
  const url = typeof image === 'object' && image !== null && 'url' in image ? image.url : image;
  return typeof url === 'string' && /^data:/i.test(url) ? url.slice(url.indexOf(',') + 1) : null;
}
