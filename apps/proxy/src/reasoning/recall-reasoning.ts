import {
  type ChatCompletionRequest,
  type ChatMessage,
  type ReasoningDetail,
  reasoningDetail,
} from '@aggregator/contracts';
import { type ExpiringStore, keysMax } from '@aggregator/expiring-store';
import { z } from 'zod';
import { toConversationKey } from '../conversations/conversation-key.ts';

const storedDetails = z.array(reasoningDetail).min(1).max(1024);

/** Whether there is a call of a tool whose thoughts the client has not given back. Costs a look at each message. */
export function lacksReasoning({ messages }: ChatCompletionRequest): boolean {
  return messages.some(lacksDetails);
}

/**
 * The chat with the thoughts that we remember for its calls of tools: some providers refuse to go on without them, and most
 * clients of this dialect drop them. Asks the store once, for the last calls if there are too many; what is not remembered
 * stays away. The very same chat where nothing is. Never rejects.
 */
export async function recallReasoning(
  store: ExpiringStore,
  orgId: string,
  chat: ChatCompletionRequest,
): Promise<ChatCompletionRequest> {
  const wanting = chat.messages.filter(lacksDetails).slice(-keysMax);
  if (wanting.length === 0) return chat;
  const texts = await store.getMany(
    wanting.map((message) => toConversationKey('reasoning', orgId, readCallIds(message)[0] ?? '')),
  );
  const remembered = new Map<ChatMessage, ReasoningDetail[]>();
  for (const [at, message] of wanting.entries()) {
    const details = readDetails(texts[at] ?? null, readCallIds(message));
    if (details.length > 0) remembered.set(message, details);
  }
  if (remembered.size === 0) return chat;
  const messages = chat.messages.map((message) => {
    const details = remembered.get(message);
    return details === undefined ? message : { ...message, reasoning_details: details };
  });
  return { ...chat, messages };
}

function lacksDetails({ role, tool_calls: calls, reasoning_details: details }: ChatMessage): boolean {
  return role === 'assistant' && (details ?? []).length === 0 && (calls ?? []).some(({ id }) => Boolean(id));
}

function readCallIds({ tool_calls: calls }: ChatMessage): string[] {
  return (calls ?? []).flatMap(({ id }) => (id ? [id] : []));
}

/** Without those of calls that the message does not hold: some clients say each call in a message of its own. */
function readDetails(text: string | null, callIds: readonly string[]): ReasoningDetail[] {
  if (text === null) return [];
  const parsed = storedDetails.safeParse(parseJson(text));
  if (!parsed.success) return [];
  return parsed.data.filter(({ id }) => typeof id !== 'string' || callIds.includes(id));
}

/** Null for what is no JSON: the store is not ours alone. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
