import type { Exchange } from '../exchange.ts';
import type { ProxyContext } from '../proxy-context.ts';
import type { ChatJob } from './chat-job.ts';

/**
 * Stores a response as its client received it, and adds its turn to its conversation. Does not wait. A turn that makes its
 * conversation too long is not added, and is logged.
 */
export function keepResponse(
  { events, responses, storedConversations }: Pick<ProxyContext, 'events' | 'responses' | 'storedConversations'>,
  { principal }: Exchange,
  { conversation, input }: Pick<ChatJob, 'conversation' | 'input'>,
  response: Readonly<Record<string, unknown>>,
): void {
  if (input !== null) void responses.keep(principal, { response, input });
  if (conversation === null) return;
  const { id, items } = conversation;
  const output: readonly unknown[] = Array.isArray(response.output) ? response.output : [];
  storedConversations
    .change(principal, id, (found) => ({ items: [...found.items, ...items, ...output] }))
    .catch((error: unknown) => events.partFailed('conversations', error));
}
