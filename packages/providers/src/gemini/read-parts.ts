import { randomUUID } from 'node:crypto';
import { isRecord, type ReasoningDetail } from '@aggregator/contracts';
import { type SignedPart, toReasoningDetail } from './signatures.ts';

export interface ToolCallSaid {
  /** Among the calls of its choice. */
  index: number;
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

interface ImageSaid {
  type: 'image_url';
  image_url: { url: string };
  index: number;
}

/** What some parts say to the caller, in the caller's words. */
export interface Said {
  text: string;
  reasoning: string;
  calls: ToolCallSaid[];
  images: ImageSaid[];
  /** What has to be given back so that the model continues to think. */
  details: ReasoningDetail[];
}

const answerIdCharactersMax = 128;

/** The provider's name of an answer, or our own if it gives none: ids of tool calls are made of it. */
export function toAnswerId(id: unknown): string {
  return typeof id === 'string' && id !== '' ? id.slice(0, answerIdCharactersMax) : randomUUID();
}

/**
 * Reads the parts of one choice, all at once or piece by piece: calls, images and signatures are counted over all of it.
 * Parts that are neither text, thought, image nor a call of the caller's tools say nothing that was asked for.
 */
export class PartReader {
  readonly #answerId: string;
  readonly #choice: number;
  #callCount = 0;
  #imageCount = 0;
  #signatureCount = 0;

  constructor(answerId: string, choice: number) {
    this.#answerId = answerId;
    this.#choice = choice;
  }

  get hasCalls(): boolean {
    return this.#callCount > 0;
  }

  read(parts: readonly unknown[]): Said {
    const said: Said = { text: '', reasoning: '', calls: [], images: [], details: [] };
    for (const part of parts) {
      if (isRecord(part)) this.#readPart(part, said);
    }
    return said;
  }

  #readPart(part: Readonly<Record<string, unknown>>, said: Said): void {
    const signed = this.#readContent(part, said);
    const signature = part.thoughtSignature;
    if (typeof signature !== 'string' || signature === '') return;
    said.details.push(toReasoningDetail(signature, signed, this.#signatureCount));
    this.#signatureCount += 1;
  }

  #readContent(part: Readonly<Record<string, unknown>>, said: Said): SignedPart {
    if (typeof part.text === 'string') {
      if (part.thought === true) said.reasoning += part.text;
      else said.text += part.text;
    } else if (isRecord(part.functionCall)) {
      const call = this.#toCall(part.functionCall);
      said.calls.push(call);
      return { kind: 'call', id: call.id };
    } else if (isRecord(part.inlineData) && part.thought !== true) {
      const url = toImageUrl(part.inlineData);
      if (url === null) return { kind: 'text' };
      const index = this.#imageCount;
      this.#imageCount += 1;
      said.images.push({ type: 'image_url', image_url: { url }, index });
      return { kind: 'image', index };
    }
    return { kind: 'text' };
  }

  /** Models before version 3 give their calls no ids. */
  #toCall({ id, name, args }: Readonly<Record<string, unknown>>): ToolCallSaid {
    const index = this.#callCount;
    this.#callCount += 1;
    return {
      index,
      id: typeof id === 'string' && id !== '' ? id : `call_${this.#answerId}_${this.#choice}_${index}`,
      type: 'function',
      function: { name: typeof name === 'string' ? name : '', arguments: JSON.stringify(args ?? {}) },
    };
  }
}

function toImageUrl({ mimeType, data }: Readonly<Record<string, unknown>>): string | null {
  const isImage = typeof mimeType === 'string' && mimeType.startsWith('image/') && typeof data === 'string';
  return isImage ? `data:${mimeType};base64,${data}` : null;
}
