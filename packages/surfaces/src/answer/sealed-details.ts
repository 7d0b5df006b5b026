import { type ChatCompletionRequest, type ReasoningDetail, reasoningDetail } from '@aggregator/contracts';
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

/**
 * Returns the details of one thought with the summary that the client was shown of it, where they hold only what the
 * provider can read: it is not sealed with them, because it is beside them.
 */
export function withSummary(details: readonly ReasoningDetail[], summary: string): ReasoningDetail[] {
  const [first] = details;
  const isHidden = summary !== '' && first !== undefined && details.every(({ type }) => type === 'reasoning.encrypted');
  if (!isHidden) return [...details];
  return [{ type: 'reasoning.summary', summary, format: first.format }, ...details];
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

/**
 * True if a conversation holds thoughts that were sealed here: no provider can read them as they are. A thought in a format
 * is sealed, but for the `native` format of the surface's own dialect, which goes to the client as it is.
 */
export function hasSealedThoughts(
  { messages }: Pick<ChatCompletionRequest, 'messages'>,
  native: string | null,
): boolean {
  return messages.some(({ reasoning_details: details }) =>
    details?.some(({ format }) => typeof format === 'string' && format !== native),
  );
}
