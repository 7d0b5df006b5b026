import { type ReasoningDetail, reasoningDetail } from '@aggregator/contracts';
import { z } from 'zod';

/**
 * Reasoning details as one opaque text, for surfaces whose own field holds nothing else: the client gives it back with the
 * conversation, and the provider that made the details gets them again. Not a secret and not trusted.
 */
const prefix = 'agd1.';
const details = z.array(reasoningDetail).max(1024);

export function sealDetails(value: readonly ReasoningDetail[]): string {
  return prefix + Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** Null where the text is none that `sealDetails` made. */
export function openDetails(text: string): ReasoningDetail[] | null {
  if (!text.startsWith(prefix)) return null;
  try {
    return details.parse(JSON.parse(Buffer.from(text.slice(prefix.length), 'base64url').toString()));
  } catch {
    return null;
  }
}
