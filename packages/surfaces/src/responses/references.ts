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

  repeated(body, isKept) {
    const previous = this.previous(body);
    return { ...(isKept && { store: true }), ...(previous !== null && { previous_response_id: previous }) };
  },

  previous: (body) =>
    isRecord(body) && typeof body.previous_response_id === 'string' ? body.previous_response_id : null,

  follow(body, { input, response: { output } }) {
    if (!isRecord(body)) return body;
    return { ...body, input: [...input, ...(Array.isArray(output) ? output : []), ...toItems(body.input)] };
  },

  listInput(body, answerId) {
    const items = isRecord(body) ? toItems(body.input) : [];
    return items.map((item, index) => {
      if (!isRecord(item) || typeof item.id === 'string') return item;
      const type = typeof item.type === 'string' ? item.type : 'message';
      return { id: `${type === 'message' ? 'msg' : 'in'}_${answerId}_in${index}`, ...item, type };
    });
  },
};

function toItems(input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input;
  if (typeof input !== 'string') return [];
  return [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: input }] }];
}

function readInput(body: unknown): readonly unknown[] {
  return isRecord(body) && Array.isArray(body.input) ? body.input : [];
}

function readReference(item: unknown): string | null {
  if (!isRecord(item) || typeof item.id !== 'string') return null;
  const isReference = item.type === 'item_reference' || (item.type === undefined && item.content === undefined);
  return isReference ? item.id : null;
}
