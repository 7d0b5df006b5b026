import type { ChatCompletionRequest } from '@aggregator/contracts';
import { judgeAddresses } from './judge-addresses.ts';

/** What is in a conversation besides text. */
export interface ContentSummary {
  readonly images: number;
  /** Length of all data URLs of images, which are part of the body but are not read as text. */
  readonly dataUrlLength: number;
  /** There are parts (audio, files, …) whose tokens cannot be told from their size. */
  readonly hasOpaqueParts: boolean;
}

const textParts: ReadonlySet<string> = new Set(['text', 'refusal', 'input_text', 'output_text', 'thinking']);

/**
 * Looks through the messages and tools once.
 * @throws {AppError} `invalid_image_url`, `invalid_file_url` for an address that a provider may not be asked to fetch.
 */
export function inspectContent({ messages, tools }: ChatCompletionRequest): ContentSummary {
  let images = 0;
  let dataUrlLength = 0;
  let hasOpaqueParts = false;
  for (const [at, { content, images: drawn }] of messages.entries()) {
    if (drawn !== undefined) judgeAddresses({ images: drawn }, `messages[${at}]`);
    if (!Array.isArray(content)) continue;
    for (const [partAt, part] of content.entries()) {
      const length = judgeAddresses(part, `messages[${at}].content[${partAt}]`);
      if (part.type === 'image_url') {
        images += 1;
        dataUrlLength += length;
      } else if (!textParts.has(part.type)) hasOpaqueParts = true;
    }
  }
  for (const [at, { function: _called, custom: _custom, ...tool }] of (tools ?? []).entries()) {
    judgeAddresses(tool, `tools[${at}]`);
  }
  return { images, dataUrlLength, hasOpaqueParts };
}
