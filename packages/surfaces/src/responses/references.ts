import { isRecord } from '@aggregator/contracts';
import type { ItemReferences } from '../chat-surface.ts';
import { toResponseFrame } from './response.ts';

/**
 * Items of earlier answers that are referred to by their id: `{type: 'item_reference', id}`, as SDKs send them that take
 * earlier answers for stored. Source: https://platform.openai.com/docs/api-reference/responses/create (read 2026-11).
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

  /** OpenAI keeps them by default. */
  wants: (body) => isRecord(body) && body.store !== false,

  repeated(body, { answerId, isKept }) {
    const previous = this.previous(body);
    const conversation = this.conversation(body);
    return {
      ...(isKept === true && { store: true }),
      ...(previous !== null && { previous_response_id: previous }),
      ...(conversation !== null && { conversation: { id: conversation } }),
      // Its client has the id before the provider gives one.
      ...(this.isBackground(body) && { background: true, id: `resp_${answerId}` }),
    };
  },

  isBackground: (body) => isRecord(body) && body.background === true,

  toUnfinished(request, { requestId: id, createdAt }, status) {
    const identity = { id: request.answerId ?? id, createdAt, model: request.chat.model };
    return { ...toResponseFrame(identity, request), status };
  },

  previous: (body) =>
    isRecord(body) && typeof body.previous_response_id === 'string' ? body.previous_response_id : null,

  conversation(body) {
    const named = isRecord(body) ? (body.conversation ?? null) : null;
    const id = isRecord(named) ? named.id : named;
    return typeof id === 'string' ? id : null;
  },

  toHistory: ({ input, response: { output } }) => [...input, ...(Array.isArray(output) ? output : [])],

  follow: (body, earlier) => (isRecord(body) ? { ...body, input: [...earlier, ...toItems(body.input)] } : body),

  listInput(body, answerId) {
    const items = isRecord(body) ? toItems(body.input) : [];
    return items.map((item, index) => {
      if (!isRecord(item) || typeof item.id === 'string') return item;
      const type = typeof item.type === 'string' ? item.type : 'message';
      return { id: `${type === 'message' ? 'msg' : 'in'}_${answerId}_in${index}`, ...item, type };
    });
  },
};

/** An item as it is listed: OpenAI lists the text of a message as a part. */
export function toListedItem(item: unknown): unknown {
  if (!isRecord(item) || typeof item.content !== 'string') return item;
  const type = item.role === 'assistant' ? 'output_text' : 'input_text';
  return { ...item, content: [{ type, text: item.content, ...(type === 'output_text' && { annotations: [] }) }] };
}

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
