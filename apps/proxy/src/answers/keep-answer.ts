import type { Usage } from '@aggregator/contracts';
import type { DispatchedRequest } from '../money/dispatched-request.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { keepItems } from '../remembered/items/keep-items.ts';
import { rememberReasoning } from '../remembered/reasoning/remember-reasoning.ts';
import type { SaidAnswer } from './answer-encoder.ts';
import type { ChatJob } from './chat-job.ts';
import { keepResponse } from './keep-response.ts';

/** Parts that keep an answer. */
export type KeepContext = Pick<
  ProxyContext,
  'answers' | 'conversations' | 'events' | 'responses' | 'storedConversations'
>;

/** Keeps what a whole answer is good for later: itself, if it may be given again, the thoughts behind its calls of tools, and items that
 * the next turn may refer to. */
export function keepAnswer(
  context: KeepContext,
  job: Pick<ChatJob, 'asked' | 'cacheKey' | 'conversation' | 'input' | 'keepsItems' | 'open' | 'surface'>,
  { body, items, thoughtful, sent }: SaidAnswer,
  served: {
    readonly request: DispatchedRequest;
    readonly usage: Usage | null;
    readonly droppedParams: readonly string[];
    /** The answer as it came, or the event that holds all of it; null if the caller received a translation. */
    readonly nativeText: string | null;
  },
): void {
  const { answers, conversations } = context;
  const { asked, cacheKey, keepsItems, open, surface } = job;
  const { principal } = open.exchange;
  const { nativeText } = served;
  const response = nativeText === null ? sent : (surface.native?.readAnswer?.(nativeText) ?? null);
  if (response !== null) keepResponse(context, open.exchange, job, response);
  // What came from a server of the same dialect has its ids; they count for this caller alone.
  if (keepsItems)
    keepItems(conversations, principal, nativeText === null ? asked.answerId : null, response?.output ?? items);
  if (thoughtful.length > 0) void rememberReasoning(conversations, principal, asked.chat.messages, thoughtful);
  const { request, usage, droppedParams } = served;
  // An answer that another provider continued is the answer of no single provider.
  if (cacheKey === null || body === null || usage === null) return;
  const { provider, model } = request;
  answers.write(cacheKey, { provider: provider.name, model, usage, droppedParams: [...droppedParams], body });
}
