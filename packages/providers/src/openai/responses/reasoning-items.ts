import { isRecord, type ReasoningDetail } from '@aggregator/contracts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Name under which OpenAI's reasoning goes to the client and is recognised when it returns. OpenRouter uses the same.
 * Source: https://openrouter.ai/docs/use-cases/reasoning-tokens (read 2026-11).
 */
export const openAiReasoningFormat = 'openai-responses-v1';

/** Between two parts of a summary, which are paragraphs. */
export const summarySeparator = '\n\n';

/** A reasoning item for the input, and its place among the items of its turn; null if the client does not say. */
export interface PlacedItem {
  readonly index: number | null;
  readonly item: Fields;
}

/**
 * Returns the details of a whole reasoning item: what can be read, and what only OpenAI can read. Both have the place of
 * the item among the answer's items as `index`.
 */
export function toReasoningDetails(item: Fields, index: number): ReasoningDetail[] {
  const format = openAiReasoningFormat;
  const summary = textsOf(item.summary).join(summarySeparator);
  const text = textsOf(item.content).join('');
  return [
    ...(summary === '' ? [] : [{ type: 'reasoning.summary' as const, summary, format, index }]),
    ...(text === '' ? [] : [{ type: 'reasoning.text' as const, text, format, index }]),
    ...toEncryptedDetails(item, index),
  ];
}

/** The same of what only OpenAI can read. It is in the item when the item is done. */
export function toEncryptedDetails({ encrypted_content: data }: Fields, index: number): ReasoningDetail[] {
  if (typeof data !== 'string' || data === '') return [];
  return [{ type: 'reasoning.encrypted', data, format: openAiReasoningFormat, index }];
}

/**
 * Returns the reasoning items that a client's details represent, in their order. Only an item with encrypted content goes
 * back: nothing is stored at OpenAI under the item's id, and a summary alone is not what the model thought. The details of
 * other providers are left out.
 */
export function toReasoningItems(details: readonly ReasoningDetail[]): PlacedItem[] {
  const placed: PlacedItem[] = [];
  let summary = '';
  for (const detail of details) {
    if (detail.format !== openAiReasoningFormat) continue;
    if (detail.type === 'reasoning.summary') summary += detail.summary ?? '';
    if (detail.type !== 'reasoning.encrypted' || !detail.data) continue;
    const parts = summary === '' ? [] : [{ type: 'summary_text', text: summary }];
    placed.push({
      index: detail.index ?? null,
      item: { type: 'reasoning', summary: parts, encrypted_content: detail.data },
    });
    summary = '';
  }
  return placed.sort((one, other) => (one.index ?? 0) - (other.index ?? 0));
}

/**
 * Puts reasoning at its old position among the items of its turn. One of them always follows it, because OpenAI refuses reasoning
 * that led to nothing.
 */
export function withReasoning(items: readonly Fields[], placed: readonly PlacedItem[]): Fields[] {
  if (items.length === 0) return [];
  const woven: Fields[] = [];
  let rest = items;
  for (const { index, item } of placed) {
    const asked = index === null ? 0 : Math.max(0, index - woven.length);
    const before = Math.min(asked, rest.length - 1);
    woven.push(...rest.slice(0, before), item);
    rest = rest.slice(before);
  }
  return [...woven, ...rest];
}

/** Texts of summary or content parts. */
export function textsOf(parts: unknown): string[] {
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part) => (isRecord(part) && typeof part.text === 'string' ? [part.text] : []));
}
