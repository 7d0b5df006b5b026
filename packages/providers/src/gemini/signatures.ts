import type { ReasoningDetail } from '@aggregator/contracts';

/** Under which name a thought's signature goes out to the caller and is known again when it comes back. */
const geminiReasoningFormat = 'google-gemini-v1';

/**
 * What Google documents for calls that another model made, or whose signature is lost: the thought is not checked then.
 * Source: https://ai.google.dev/gemini-api/docs/thought-signatures#faqs (read 2026-11).
 */
export const unsignedCall = 'skip_thought_signature_validator';

/** What a signature belongs to: a call by its id, an image by its place among the images of its answer, or the text. */
export type SignedPart = { kind: 'call'; id: string } | { kind: 'image'; index: number } | { kind: 'text' };

/** A signature as the caller gets it. `index` counts the signatures of one answer. */
export function toReasoningDetail(signature: string, part: SignedPart, index: number): ReasoningDetail {
  const id = idOf(part);
  return {
    type: 'reasoning.encrypted',
    data: signature,
    ...(id !== null && { id }),
    format: geminiReasoningFormat,
    index,
  };
}

/** The signatures that a caller gives back, each to be found by what it belongs to. */
export class GivenSignatures {
  readonly #byId = new Map<string | null, string>();

  constructor(details: readonly ReasoningDetail[]) {
    for (const { type, format, data, id } of details) {
      if (type === 'reasoning.encrypted' && format === geminiReasoningFormat && data) this.#byId.set(id ?? null, data);
    }
  }

  /** The field that a part carries, or none. */
  fieldOf(part: SignedPart): { thoughtSignature?: string } {
    const signature = this.#byId.get(idOf(part));
    return signature === undefined ? {} : { thoughtSignature: signature };
  }
}

function idOf(part: SignedPart): string | null {
  switch (part.kind) {
    case 'call':
      return part.id;
    case 'image':
      return `image_${part.index}`;
    case 'text':
      return null;
  }
}
