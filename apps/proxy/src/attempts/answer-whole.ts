import { AppError, toAppError } from '@aggregator/contracts';
import { ProviderFailure, type TranslatedAnswer, type TranslatedRequest } from '@aggregator/providers';
import { sendOpenAiError } from '@aggregator/service-kit';
import type { ProxyContext } from '../context.ts';
import { type Charge, chargeUsage, estimateCharge } from '../settlement/charge.ts';
import { type AttemptEnd, recordSettlement } from '../settlement/settle-request.ts';
import { callProvider } from '../upstream/call-provider.ts';
import { AnswerCollector, type CollectedAnswer, flattenHeaders, isSuccessStatus } from '../upstream/collect-answer.ts';
import { answerHeaders, wantsAdditions, withAdditions } from './answer-additions.ts';
import type { Attempt } from './begin-attempt.ts';

/** The dialect of one request that is answered as a whole. */
export interface WholeDialect {
  readonly request: TranslatedRequest;
  /** @throws {ProviderFailure} */
  readAnswer(body: string): TranslatedAnswer;
}

/** Calls the provider and answers what it says in one piece, or why it did not. Resolves when the answer is on its way. */
export async function answerWhole(context: ProxyContext, attempt: Attempt, dialect: WholeDialect): Promise<AttemptEnd> {
  const { response, startedMs } = attempt.exchange;
  const end = { charge: null, usage: null, outputCharacters: 0, ttftMs: null };
  const call = startCall(context, attempt, dialect);
  const leave = () => call.abort(new AppError('request_cancelled'));
  response.once('close', leave);
  attempt.cut = call.abort;
  try {
    const answer = readAnswer(attempt, dialect, await call.answer);
    const charge = chargeAnswer(attempt, answer);
    const outcome = 'completed';
    const whole = {
      ...end,
      outcome,
      failure: null,
      isSent: true,
      charge,
      latencyMs: performance.now() - startedMs,
    } as const;
    // First into the spool, then to the client: what was answered is on record whatever becomes of this process.
    recordSettlement(context, attempt.request, whole, { outcome, charge });
    sendAnswer(context, attempt, dialect, answer, charge);
    return whole;
  } catch (thrown) {
    const failure = toAppError(thrown);
    sendOpenAiError(response, failure);
    const outcome = failure.code === 'request_cancelled' ? 'aborted' : 'failed';
    return { ...end, outcome, failure, isSent: call.isSent(), latencyMs: performance.now() - startedMs };
  } finally {
    response.off('close', leave);
    attempt.cut = null;
  }
}

function startCall(
  { config }: ProxyContext,
  { adapter, deadlineMs, pool, request, target }: Attempt,
  dialect: WholeDialect,
) {
  const limits = { deadlineMs, firstLifeMs: Number.POSITIVE_INFINITY, idleMs: config.idleTimeoutMs };
  const collector = new AnswerCollector(() => call.noteLife());
  const endpoint = adapter.endpoint(target, request.operation);
  const call = callProvider(pool, endpoint, dialect.request.body, limits, collector);
  return { answer: collector.answer, abort: (reason: AppError) => call.abort(reason), isSent: () => call.isSent };
}

function readAnswer({ adapter }: Attempt, dialect: WholeDialect, { status, headers, body }: CollectedAnswer) {
  if (isSuccessStatus(status)) return dialect.readAnswer(body);
  throw new ProviderFailure(adapter.classifyError(status, flattenHeaders(headers), body));
}

function chargeAnswer({ request }: Attempt, { body, usage }: TranslatedAnswer): Charge {
  if (usage !== null) return chargeUsage(usage, request);
  return estimateCharge(request, request.outputTokensMax === 0 ? 0 : countCharacters(body.choices));
}

/** Every text in the choices, names and ids included: an upper reading, for providers that tell no usage. */
function countCharacters(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce<number>((sum, part) => sum + countCharacters(part), 0);
}

function sendAnswer(
  { config }: ProxyContext,
  attempt: Attempt,
  dialect: WholeDialect,
  { body }: TranslatedAnswer,
  charge: Charge,
): void {
  const { response } = attempt.exchange;
  if (typeof body.model !== 'string') body.model = attempt.request.model;
  const text = JSON.stringify(wantsAdditions(attempt) ? withAdditions(body, attempt, charge) : body);
  response.writeHead(200, {
    ...answerHeaders(attempt, dialect.request.droppedParams),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  // A client that takes nothing of it keeps the whole answer in our memory.
  response.setTimeout(config.clientStallTimeoutMs);
  response.end(text);
}
