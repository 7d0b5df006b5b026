import { expect } from '@jest/globals';
import { z } from 'zod';
import { openDetails } from '../../answer/sealed-details.ts';

const item = z.looseObject({
  type: z.string(),
  id: z.string(),
  status: z.string().optional(),
  content: z.array(z.looseObject({ text: z.string().optional(), refusal: z.string().optional() })).optional(),
  summary: z.array(z.looseObject({ text: z.string() })).optional(),
  encrypted_content: z.string().optional(),
  call_id: z.string().optional(),
  name: z.string().optional(),
  arguments: z.string().optional(),
});
const response = z.looseObject({ output: z.array(item), status: z.string() });

/** What a client reads from a response, for any order of its items. */
export function readResponse(value: unknown) {
  const { output, status, ...rest } = response.parse(JSON.parse(JSON.stringify(value)));
  const parts = output.flatMap(({ content }) => content ?? []);
  const calls = output
    .filter(({ type }) => type === 'function_call')
    .map(({ call_id, name, arguments: text }) => ({ call_id, name, text }));
  return {
    status,
    text: parts.map(({ text }) => text ?? '').join(''),
    refusal: parts.map(({ refusal }) => refusal ?? '').join(''),
    reasoning: output
      .flatMap(({ summary }) => summary ?? [])
      .map(({ text }) => text)
      .join(''),
    details: output.flatMap(({ encrypted_content }) => (encrypted_content ? openDetails(encrypted_content) : [])),
    calls: calls.sort((a, b) => String(a.call_id).localeCompare(String(b.call_id))),
    usage: rest.usage,
    cost: rest.cost,
  };
}

/** What SDKs add to a response of their own. */
export function withoutParsed(value: unknown): unknown {
  const added = new Set(['parsed', 'parsed_arguments', 'output_parsed', 'output_text', '_request_id']);
  return JSON.parse(JSON.stringify(value, (name, inner) => (added.has(name) ? undefined : inner)));
}

interface Open {
  text: string;
  hasPart: boolean;
}

/**
 * OpenAI's grammar of a stream: numbered events, items one after the other, and what is sent in parts is sent again as
 * a whole.
 */
export function checkGrammar(events: readonly Record<string, unknown>[]): void {
  expect(events.map((event) => event.sequence_number)).toEqual(events.map((_, index) => index));
  expect(events.slice(0, 2).map((event) => event.type)).toEqual(['response.created', 'response.in_progress']);
  const last = events.at(-1);
  expect(['response.completed', 'response.incomplete']).toContain(last?.type);
  let open: Open | null = null;
  const items: unknown[] = [];
  for (const event of events.slice(2, -1)) {
    expect(event.output_index).toBe(open === null ? items.length : items.length - 1);
    open = check(event, open, items);
  }
  expect(open).toBeNull();
  expect(response.parse(last?.response).output).toEqual(items);
}

function check(event: Record<string, unknown>, open: Open | null, items: unknown[]): Open | null {
  const type = String(event.type);
  if (type === 'response.output_item.added') {
    expect(open).toBeNull();
    items.push(event.item);
    return { text: '', hasPart: false };
  }
  expect(open).not.toBeNull();
  if (open === null) return null;
  const begun = item.parse(items.at(-1));
  if (type === 'response.output_item.done') {
    expect(item.parse(event.item).id).toBe(begun.id);
    items[items.length - 1] = event.item;
    return null;
  }
  expect(event.item_id).toBe(begun.id);
  if (type.endsWith('part.added')) return { ...open, hasPart: true };
  if (!type.includes('arguments')) expect(open.hasPart).toBe(true);
  if (type.endsWith('.delta')) return { ...open, text: open.text + String(event.delta) };
  if (!type.endsWith('part.done')) expect(event.text ?? event.refusal ?? event.arguments).toBe(open.text);
  return open;
}
