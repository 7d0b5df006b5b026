import { restoreAnswer } from '@aggregator/anonymisation';
import { restoreBody } from '@aggregator/surfaces';
import type { Prepare } from '../attempts/prepare-first.ts';
import type { Performance } from '../attempts/serve-request.ts';
import { readMessages, type SaidAnswer } from './answer-encoder.ts';
import { answerWhole, type WholeContext, type WholeDialect } from './answer-whole.ts';
import type { ChatJob, ChatWords } from './chat-job.ts';
import { type KeepContext, keepAnswer } from './keep-answer.ts';
import { prepareLane } from './prepare-lane.ts';
import { sendSurfaceError } from './send-error.ts';
import { isEventStream, readStreamAsWhole } from './stream-as-whole.ts';

/** Parts that answer a chat in one piece. */
export type WholeChatContext = WholeContext & KeepContext;

/** Translates a chat whose answer comes in one piece. */
export function toWholeDialect(words: ChatWords): Prepare<WholeDialect> {
  return (adapter, address, model) => {
    const { answers, reader, ...lane } = prepareLane(words, { adapter, address, model });
    return {
      ...lane,
      readAnswers: ([body = '']) => {
        if (isEventStream(body)) {
          return readStreamAsWhole(reader, body, { model: address.model, choiceCount: words.asked.chat.n ?? 1 });
        }
        const answer = reader.fromResponse(body);
        return answers === null ? answer : { ...answer, nativeText: body };
      },
    };
  };
}

/** A chat whose answer comes in one piece. */
export function performWholeChat(
  context: WholeChatContext,
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
            keep: (usage, sent, nativeText) =>
              keepAnswer(context, job, readSaid(job, body, sent), {
                ...{ request, usage, nativeText },
                droppedParams: prepared.droppedParams,
              }),
          };
        },
        present: (answer) => surface.fromAnswer(answer, asked),
        presentNative(text, additions) {
          const { native } = surface;
          const { repeated = {} } = asked;
          const isChanged = Object.keys(repeated).length > 0;
          const restored = vault === null ? text : restoreBody(text, vault);
          const sent = isChanged ? (native?.repeatInAnswer?.(restored, repeated) ?? restored) : restored;
          return additions === null ? sent : (native?.addToAnswer(sent, additions) ?? sent);
        },
      }),
    resume: null,
    sendFailure: (failure) => sendSurfaceError(open.exchange, surface, failure),
  };
}

function readSaid(
  { asked, cacheKey, vault }: ChatJob,
  body: Record<string, unknown>,
  sent: Record<string, unknown>,
): SaidAnswer {
  const hasTools = (asked.chat.tools ?? []).length > 0;
  const thoughtful = hasTools ? readMessages(body, vault) : [];
  return { body: cacheKey === null ? null : body, thoughtful, items: sent.output, sent };
}
