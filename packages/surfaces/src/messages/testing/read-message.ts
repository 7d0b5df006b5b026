import { expect } from '@jest/globals';
import { z } from 'zod';

const message = z.looseObject({
  content: z.array(
    z.looseObject({
      type: z.string(),
      text: z.string().optional(),
      thinking: z.string().optional(),
      id: z.string().optional(),
      name: z.string().optional(),
      input: z.unknown().optional(),
    }),
  ),
  stop_reason: z.string().nullable(),
  usage: z.looseObject({}),
});

/** What a client makes of a message; our additions, which SDKs do not keep of a stream, are left out. */
export function readMessage(value: unknown) {
  const { content, stop_reason: stopReason, usage, ...rest } = message.parse(JSON.parse(JSON.stringify(value)));
  const { cost: _cost, cost_nano_usd: _nano, ...counters } = usage;
  const calls = content
    .filter((block) => block.type === 'tool_use')
    .map(({ id, name, input }) => ({ id, name, input }));
  return {
    content,
    text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    thinking: content.map((block) => block.thinking ?? '').join(''),
    calls: calls.sort((a, b) => String(a.id).localeCompare(String(b.id))),
    stopReason,
    usage: counters,
    identity: { id: rest.id, model: rest.model, role: rest.role, type: rest.type },
  };
}

/** Anthropic's grammar of a stream. */
export function checkGrammar(events: readonly Record<string, unknown>[]): void {
  const types = events.map((event) => event.type);
  expect(types[0]).toBe('message_start');
  expect(types.slice(-2)).toEqual(['message_delta', 'message_stop']);
  let open: unknown = null;
  let next = 0;
  for (const { type, index } of events.slice(1, -2)) {
    if (type === 'content_block_start') {
      expect({ open, index }).toEqual({ open: null, index: next });
      open = index;
      next += 1;
    } else {
      expect(index).toBe(open);
      if (type === 'content_block_stop') open = null;
      else expect(type).toBe('content_block_delta');
    }
  }
  expect(open).toBeNull();
}
