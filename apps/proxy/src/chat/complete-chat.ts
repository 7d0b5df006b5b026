import { type ChatCompletionRequest, chatCompletionRequest } from '@aggregator/contracts';
import { checkBody, parseJsonBody, readJsonBytes } from '@aggregator/service-kit';
import { holdRequest } from '../admission/hold-request.ts';
import { answerWhole } from '../attempts/answer-whole.ts';
import { type Attempt, beginAttempt } from '../attempts/begin-attempt.ts';
import { endAttempt, unknownEnd } from '../attempts/end-attempt.ts';
import type { ProxyContext } from '../context.ts';
import type { Exchange } from '../exchange.ts';
import { planCandidate } from '../routing/plan-candidate.ts';
import { boundChat } from './bound-chat.ts';
import { inspectContent } from './inspect-content.ts';
import { relayChatStream } from './relay-chat-stream.ts';

/**
 * A chat completion from its body to its settlement. What throws before the intent was refused: no provider saw it and
 * nothing stays held. From the intent on it is answered, and settled once, whatever happens.
 */
export async function completeChat(context: ProxyContext, exchange: Exchange): Promise<void> {
  const bytes = await readJsonBytes(exchange.request, context.config.requestBytesMax);
  const chat = checkBody(chatCompletionRequest, parseJsonBody(bytes));
  const content = inspectContent(chat);
  const isStreamed = chat.stream === true;

  const candidate = planCandidate(context, exchange.principal, chat.model, 'chat.completions');
  const bounds = boundChat(chat, bytes.length, content, candidate.model);
  const hold = await holdRequest(context, exchange, candidate, bounds);
  const attempt = beginAttempt(context, exchange, candidate, hold, { operation: 'chat.completions', isStreamed });
  let end = unknownEnd;
  try {
    end = isStreamed
      ? await relayChatStream(context, attempt, streamDialect(attempt, chat))
      : await answerWhole(context, attempt, wholeDialect(attempt, chat));
  } finally {
    await endAttempt(context, attempt, end);
  }
}

function streamDialect({ adapter, target }: Attempt, chat: ChatCompletionRequest) {
  return {
    request: adapter.toChatRequest(chat, target),
    translator: adapter.createChatStream({
      includeUsage: chat.stream_options?.include_usage === true,
      choiceCount: chat.n ?? 1,
    }),
  };
}

function wholeDialect({ adapter, target }: Attempt, chat: ChatCompletionRequest) {
  return { request: adapter.toChatRequest(chat, target), readAnswer: adapter.fromChatResponse };
}
