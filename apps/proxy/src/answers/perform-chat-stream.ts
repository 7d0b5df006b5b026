import type { ChatCompletionRequest } from '@aggregator/contracts';
import { toModelName } from '@aggregator/resilience';
import type { Target } from '@aggregator/routing';
import { isRejected } from '../attempts/judge-failure.ts';
import type { Prepare } from '../attempts/prepare-first.ts';
import type { Performance, Resume } from '../attempts/serve-request.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { createAnswerEncoder } from './answer-encoder.ts';
import { toHead } from './answer-from-cache.ts';
import type { ChatJob } from './chat-job.ts';
import { ClientStream } from './client-stream.ts';
import { type Continuation, PrefillContinuation, ReplayContinuation } from './continuation.ts';
import { type DeliveredAnswer, readDelivered } from './delivered-answer.ts';
import { type RelayContext, relayChatStream } from './relay-chat-stream.ts';
import { sendSurfaceError } from './send-error.ts';
import { type StreamDialect, toStreamDialect } from './stream-dialect.ts';

/** Parts that stream a chat. */
export type ChatStreamContext = RelayContext & Pick<ProxyContext, 'config' | 'refusedPrefills'>;

/** A chat whose answer is passed on as it comes, over as many attempts as it takes. */
export function performChatStream(
  context: ChatStreamContext,
  job: ChatJob,
  prepare: Prepare<StreamDialect>,
): Performance<StreamDialect> {
  const { open, readChat, surface } = job;
  const { exchange, plan } = open;
  const { pingIntervalMs, clientStallTimeoutMs: stallTimeoutMs } = context.config;
  const head = toHead(context, job);
  const client = new ClientStream(exchange.response, {
    ...{ pingIntervalMs, stallTimeoutMs },
    createEncoder: () => createAnswerEncoder(job, head),
  });
  const perform: Performance<StreamDialect>['perform'] = (attempt) => relayChatStream(context, attempt, client, job);
  const resume: Resume<StreamDialect> = {
    isPossible: () => plan.resume !== 'off' && isResumable(job) && !client.hasUntranslated && readAll() !== null,
    waysFor: (target) =>
      listContinuations(readChat(), target, readAll(), plan.resume)
        .filter(({ isPrefill }) => !isPrefill || !context.refusedPrefills.has(toModelName(target.key)))
        .map(({ continued, continuation, isPrefill }) => ({
          prepare: toStreamDialect({ ...job, readChat: () => continued }, head.createdAt, continuation),
          perform,
          deliveredTokens: continuation.countDelivered(target.candidate.model.id),
          hasDiverged: () => continuation.hasDiverged,
          noteFailure(failure) {
            if (isPrefill && isRejected(failure)) context.refusedPrefills.add(toModelName(target.key));
          },
        })),
  };
  const readAll = (): DeliveredAnswer | null => {
    const chunks = client.delivered.read();
    return chunks === null ? null : readDelivered(chunks, open.dispatched?.provider.name ?? '');
  };
  return {
    prepare,
    perform,
    resume,
    sendFailure(failure) {
      if (client.isOpen) {
        client.fail(failure);
        return;
      }
      client.stop();
      sendSurfaceError(exchange, surface, failure);
    },
  };
}

/**
 * Not for several choices, probabilities or sound, because no other stream has the same; nor if the request cannot be
 * translated.
 */
function isResumable({ asked }: ChatJob): boolean {
  const { n, logprobs, modalities } = asked.chat;
  if (asked.refusal !== null) return false;
  const hasSound = Array.isArray(modalities) && modalities.includes('audio');
  return (n ?? 1) === 1 && logprobs !== true && !hasSound;
}

interface ContinuedChat {
  readonly continued: ChatCompletionRequest;
  readonly continuation: Continuation;
  readonly isPrefill: boolean;
}

/** A prefill rescues nearly always, if the model continues a trailing assistant message; a replay only what is deterministic. */
function listContinuations(
  chat: ChatCompletionRequest,
  { candidate }: Target,
  delivered: DeliveredAnswer | null,
  policy: 'off' | 'prefill' | 'verified',
): ContinuedChat[] {
  if (delivered === null) return [];
  const ways: ContinuedChat[] = [];
  const prefill = delivered.text.trimEnd();
  if (candidate.model.capabilities.includes('prefill') && delivered.toolCalls.length === 0 && prefill !== '') {
    const messages = [...chat.messages, { role: 'assistant' as const, content: prefill }];
    const continuation = new PrefillContinuation(delivered);
    ways.push({ continued: { ...chat, messages }, continuation, isPrefill: true });
  }
  if (policy === 'verified') {
    ways.push({ continued: chat, continuation: new ReplayContinuation(delivered), isPrefill: false });
  }
  return ways;
}
