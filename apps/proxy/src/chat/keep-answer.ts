import type { Usage } from '@aggregator/contracts';
import type { ProxyContext } from '../context.ts';
import { keepItems } from '../items/keep-items.ts';
import { rememberReasoning } from '../reasoning/remember-reasoning.ts';
import type { DispatchedRequest } from '../settlement/dispatched-request.ts';
import type { SaidAnswer } from './answer-encoder.ts';
import type { ChatJob } from './chat-job.ts';

/** Keeps what a whole answer is good for later: itself, if it may be given again, the thoughts behind its calls of tools, and items that
 * the next turn may refer to. */
export function keepAnswer(
  { answers, conversations, responses }: Pick<ProxyContext, 'answers' | 'conversations' | 'responses'>,
  job: Pick<ChatJob, 'asked' | 'cacheKey' | 'input' | 'keepsItems' | 'open'>,
  { body, items, thoughtful, told }: SaidAnswer,
  served: {
    readonly request: DispatchedRequest;
    readonly usage: Usage | null;
    readonly droppedParams: readonly string[];
  },
): void {
  const { asked, cacheKey, input, keepsItems, open } = job;
  const { principal } = open.exchange;
  if (input !== null && told !== null) responses.keep(principal, { response: told, input });
  if (keepsItems) keepItems(conversations, principal, asked.answerId, items);
  if (thoughtful.length > 0) void rememberReasoning(conversations, principal, asked.chat.messages, thoughtful);
  const { request, usage, droppedParams } = served;
  // What was gone on with at another provider is nobody's own answer.
  if (cacheKey === null || body === null || usage === null) return;
  const { provider, model } = request;
  answers.write(cacheKey, { provider: provider.name, model, usage, droppedParams: [...droppedParams], body });
}
