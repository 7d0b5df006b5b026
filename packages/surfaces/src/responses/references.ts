import { isRecord } from '@aggregator/providers';
import type { ItemReferences } from '../chat-surface.ts';

/**
 * Items of earlier answers that are referred to by their id: `{type: 'item_reference', id}`, as SDKs send them that take the
 * answers for stored. Source: https://platform.openai.com/docs/api-reference/responses/create (read 2026-11).
 */
export const responsesReferences: ItemReferences = {
  list(body) {
    return readInput(body).flatMap((item) => readReference(item) ?? []);
  },

  resolve(body, items) {
    if (!isRecord(body)) return body;
    const input = readInput(body).map((item) => items.get(readReference(item) ?? '') ?? item);
    return { ...body, input };
  },

  /** OpenAI keeps them unless it is told not to. */
  wants: (body) => isRecord(body) && body.store !== false,
};

function readInput(body: unknown): readonly unknown[] {
  return isRecord(body) && Array.isArray(body.input) ? body.input : [];
}

function readReference(item: unknown): string | null {
  if (!isRecord(item) || typeof item.id !== 'string') return null;
  const isReference = item.type === 'item_reference' || (item.type === undefined && item.content === undefined);
  return isReference ? item.id : null;
}
