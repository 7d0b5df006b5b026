import {
  type ChatCompletionRequest,
  type ChatMessage,
  type ReasoningDetail,
  reasoningDetail,
} from '@aggregator/contracts';
import { type ExpiringStore, keysMax } from '@aggregator/expiring-store';
import { z } from 'zod';
import { ConversationHash } from '../items/conversation-hash.ts';
import { type Caller, toConversationKey } from '../items/conversation-key.ts';

const storedDetails = z.array(reasoningDetail).min(1).max(1024);

/** Thoughts that are added to one chat, in UTF-16 units of their JSON. The last ones count: a model needs those of this turn. */
const charactersMax = 4 * 1024 * 1024;

/** True if the client has not given back the thoughts of some call of a tool. Costs a look at each message. */
export function lacksReasoning({ messages }: ChatCompletionRequest): boolean {
  return messages.some(lacksDetails);
}

/**
 * Returns the chat with the thoughts that were kept for its calls of tools in this conversation of this caller: some
 * providers refuse to continue without them, and most clients of this dialect drop them. `asked` is the conversation as the
 * client sent it, and `chat` has the same messages. The store is asked once, for the last calls if there are too many; what
 * is not found stays away. Returns the very same chat if nothing is found. Never rejects.
 */
export async function recallReasoning(
  store: ExpiringStore,
  caller: Caller,
  asked: readonly ChatMessage[],
  chat: ChatCompletionRequest,
): Promise<ChatCompletionRequest> {
  const wanting = (await nameCalls(asked, chat)).slice(-keysMax);
  if (wanting.length === 0) return chat;
  const texts = await store.getMany(wanting.map(({ name }) => toConversationKey('reasoning', caller, name)));
  const remembered = new Map<ChatMessage, ReasoningDetail[]>();
  let characters = 0;
  for (const [at, { message }] of [...wanting.entries()].reverse()) {
    const text = texts[at] ?? null;
    characters += text?.length ?? 0;
    if (characters > charactersMax) break;
    const details = readDetails(text, readCallIds(message));
    if (details.length > 0) remembered.set(message, details);
  }
  if (remembered.size === 0) return chat;
  const messages = chat.messages.map((message) => {
    const details = remembered.get(message);
    return details === undefined ? message : { ...message, reasoning_details: details };
  });
  return { ...chat, messages };
}

interface WantingMessage {
  readonly message: ChatMessage;
  readonly name: string;
}

/** Messages that lack their thoughts, each with the name of its first call. */
async function nameCalls(
  asked: readonly ChatMessage[],
  { messages }: ChatCompletionRequest,
): Promise<readonly WantingMessage[]> {
  const conversation = new ConversationHash();
  const wanting: WantingMessage[] = [];
  await conversation.pushAll(asked, (at) => {
    const message = messages[at];
    const [call] = asked[at]?.tool_calls ?? [];
    if (message === undefined || call === undefined || !lacksDetails(message)) return;
    wanting.push({ message, name: conversation.nameCall(call) });
  });
  return wanting;
}

function lacksDetails({ role, tool_calls: calls, reasoning_details: details }: ChatMessage): boolean {
  return role === 'assistant' && (details ?? []).length === 0 && (calls ?? []).length > 0;
}

function readCallIds({ tool_calls: calls }: ChatMessage): string[] {
  return (calls ?? []).flatMap(({ id }) => (id ? [id] : []));
}

/** Without those of calls that the message does not hold: some clients send each call in a separate message. */
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
