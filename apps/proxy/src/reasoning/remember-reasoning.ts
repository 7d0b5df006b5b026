import { reasoningDetail } from '@aggregator/contracts';
import type { ExpiringStore } from '@aggregator/expiring-store';
import { z } from 'zod';
import { toConversationKey } from '../conversations/conversation-key.ts';

const rememberedMs = 24 * 3_600_000;
const detailsBytesMax = 256 * 1024;
const callsMax = 64;

const thoughtfulMessage = z.looseObject({
  tool_calls: z.array(z.looseObject({ id: z.string().min(1).max(256) })).min(1),
  reasoning_details: z.array(reasoningDetail).min(1).max(1024),
});

/**
 * Keeps the thoughts behind the calls of tools of an answer's message, under each call, for a day. `message` is the
 * provider's own, before anything personal is put back. Nothing where there are no calls, no thoughts, or too much of
 * either. Never rejects.
 */
export async function rememberReasoning(store: ExpiringStore, orgId: string, message: unknown): Promise<void> {
  const parsed = thoughtfulMessage.safeParse(message);
  if (!parsed.success) return;
  const { tool_calls: calls, reasoning_details: details } = parsed.data;
  const text = JSON.stringify(details);
  if (calls.length > callsMax || Buffer.byteLength(text) > detailsBytesMax) return;
  await Promise.all(calls.map(({ id }) => store.set(toConversationKey('reasoning', orgId, id), text, rememberedMs)));
}
