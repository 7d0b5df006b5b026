import { type ChatMessage, type ReasoningDetail, reasoningDetail, type ToolCall } from '@aggregator/contracts';
import type { ExpiringStore } from '@aggregator/expiring-store';
import { z } from 'zod';
import { ConversationHash } from '../items/conversation-hash.ts';
import { type Caller, toConversationKey } from '../items/conversation-key.ts';

const rememberedMs = 24 * 3_600_000;
const detailsBytesMax = 256 * 1024;
const callsMax = 64;

const call = z.looseObject({
  id: z.string().max(256).optional(),
  function: z.looseObject({ name: z.string(), arguments: z.string() }).optional(),
});
const calls = z.array(call).min(1).max(callsMax);
const thoughts = z.array(reasoningDetail).min(1).max(1024);
const detailed = z.looseObject({ reasoning_details: thoughts });
const plain = z.looseObject({ reasoning_content: z.string().min(1) });

/** A message of an answer. */
export interface SaidMessage {
  /** The provider's own, before anything personal is put back. */
  readonly said: unknown;
  /** The same as the client receives it. */
  readonly sent: unknown;
}

/**
 * Keeps the thoughts behind the calls of tools of an answer, under each call, for a day. `asked` is the conversation before
 * the answer, as the client sent it. Nothing is kept if there are no calls, no thoughts, or too much of either, and nothing
 * under a name that two choices of the answer share. Never rejects.
 */
export async function rememberReasoning(
  store: ExpiringStore,
  caller: Caller,
  asked: readonly ChatMessage[],
  answer: readonly SaidMessage[],
): Promise<void> {
  const thoughtful = answer.flatMap(({ said, sent }) => readThoughts(said, sent) ?? []);
  if (thoughtful.length === 0) return;
  const conversation = new ConversationHash();
  await conversation.pushAll(asked);
  const texts = new Map<string, string | null>();
  for (const { calls, text } of thoughtful) {
    const names = new Set(calls.map((call) => conversation.nameCall(call)));
    for (const name of names) texts.set(name, texts.has(name) ? null : text);
  }
  await Promise.all(
    [...texts].map(([name, text]) =>
      text === null ? undefined : store.set(toConversationKey('reasoning', caller, name), text, rememberedMs),
    ),
  );
}

function readThoughts(
  said: unknown,
  sent: unknown,
): { readonly calls: readonly ToolCall[]; readonly text: string } | null {
  const details = readDetails(said);
  const called = z.looseObject({ tool_calls: calls }).safeParse(sent);
  if (details === null || !called.success) return null;
  const text = JSON.stringify(details);
  return Buffer.byteLength(text) > detailsBytesMax ? null : { calls: called.data.tool_calls, text };
}

/** The thoughts of a message in the form of a vendor, or their text, which goes to servers alone that are known to want it back. */
function readDetails(said: unknown): readonly ReasoningDetail[] | null {
  const details = detailed.safeParse(said);
  if (details.success) return details.data.reasoning_details;
  const text = plain.safeParse(said);
  return text.success ? [{ type: 'reasoning.text', text: text.data.reasoning_content, format: 'unknown' }] : null;
}
