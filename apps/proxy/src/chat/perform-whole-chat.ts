import { restoreAnswer } from '@aggregator/anonymisation';
import { withCustomTools } from '@aggregator/providers';
import { answerWhole, type WholeDialect } from '../attempts/answer-whole.ts';
import { nameDropped } from '../attempts/name-dropped.ts';
import type { Prepare } from '../attempts/prepare-first.ts';
import type { Performance } from '../attempts/serve-request.ts';
import type { ProxyContext } from '../context.ts';
import { sendSurfaceError } from '../routes/send-error.ts';
import { readMessages, type SaidAnswer } from './answer-encoder.ts';
import type { ChatJob, ChatWords } from './chat-job.ts';
import { keepAnswer } from './keep-answer.ts';
import { toLimitedRequest } from './output-limit.ts';
import { isEventStream, readStreamAsWhole } from './stream-as-whole.ts';

/** Translates a chat whose answer comes in one piece. */
export function toWholeDialect({ asked, chat, surface }: ChatWords): Prepare<WholeDialect> {
  return (adapter, address, model) => {
    const translation = { chat: withCustomTools(adapter.chat, chat) };
    const request = toLimitedRequest(translation, chat, address, model);
    return {
      requests: [request],
      droppedParams: nameDropped(chat, asked.droppedParams, request.droppedParams, surface),
      readAnswers: ([body = '']) =>
        isEventStream(body)
          ? readStreamAsWhole(translation, body, { model: address.model, choiceCount: chat.n ?? 1 })
          : translation.chat.fromResponse(body),
    };
  };
}

/** A chat whose answer comes in one piece. */
export function performWholeChat(
  context: ProxyContext,
  job: ChatJob,
  prepare: Prepare<WholeDialect>,
): Performance<WholeDialect> {
  const { asked, open, surface, vault } = job;
  return {
    prepare,
    perform: (attempt) =>
      answerWhole(context, attempt, {
        restore(body) {
          const { request, prepared } = attempt;
          return {
            body: vault === null ? body : restoreAnswer(body, vault),
            keep: (usage, told) =>
              keepAnswer(context, job, readSaid(job, body, told), {
                ...{ request, usage },
                droppedParams: prepared.droppedParams,
              }),
          };
        },
        present: (answer) => surface.fromAnswer(answer, asked),
      }),
    resume: null,
    tell: (failure) => sendSurfaceError(open.exchange, surface, failure),
  };
}

function readSaid(
  { cacheKey, chat, vault }: ChatJob,
  body: Record<string, unknown>,
  { output }: Record<string, unknown>,
): SaidAnswer {
  const hasTools = (chat.tools ?? []).length > 0;
  const thoughtful = hasTools ? readMessages(body, vault) : [];
  return { body: cacheKey === null ? null : body, thoughtful, items: output };
}
