import { AppError, toAppError, type Usage } from '@aggregator/contracts';
import { ProviderFailure, type TranslatedAnswer, type TranslatedRequest } from '@aggregator/providers';
import type { Additions } from '@aggregator/surfaces';
import type { AttemptOutcome } from '../attempts/attempt-outcome.ts';
import type { Attempt } from '../attempts/begin-attempt.ts';
import type { Translation } from '../attempts/prepare-first.ts';
import { readRefusal } from '../attempts/read-refusal.ts';
import { readTexts } from '../attempts/read-texts.ts';
import { type Charge, chargeUsage, noCharge } from '../money/charge.ts';
import type { DispatchedRequest } from '../money/dispatched-request.ts';
import { estimateCharge } from '../money/estimate-charge.ts';
import { estimateMissing, lacksSide } from '../money/estimate-left.ts';
import { classifyAnswer } from '../money/picture-class.ts';
import { recordSettlement, type SettlementContext } from '../money/settle-request.ts';
import type { AttemptEnd } from '../money/settled.ts';
import { toHead } from '../packed-headers.ts';
import type { ProxyContext } from '../proxy-context.ts';
import { callProvider } from '../upstream/call-provider.ts';
import { AnswerCollector, type CollectedAnswer, isSuccessStatus } from '../upstream/collect-answer.ts';
import { withTrace } from '../upstream/with-trace.ts';
import { answerHeaders, toAdditions, wantsAdditions, withAdditions } from './answer-additions.ts';
import { showUsage } from './show-usage.ts';

/** Parts that return an answer in one piece and settle it. */
export type WholeContext = SettlementContext & Pick<ProxyContext, 'config'>;

/** The dialect of one request that is answered as a whole. */
export interface WholeDialect extends Translation {
  /** One, or several whose answers are one answer together. */
  readonly requests: readonly TranslatedRequest[];
  /** Everything that is reported in `x-aggregator-dropped-params`. */
  readonly droppedParams: readonly string[];
  /** @throws {ProviderFailure} */
  readAnswers(bodies: readonly string[]): WholeAnswer;
}

/** An answer as it was read. */
export interface WholeAnswer extends TranslatedAnswer {
  /** The answer as it came, if that goes to the caller; absent if the translation does. */
  readonly nativeText?: string;
}

/** From the provider's answer, in OpenAI's shape, to the caller's. */
export interface AnswerPresentation {
  /** The answer as the caller may see it, and what is to be kept of it once it is on its way, as it was sent to the caller. */
  restore(body: Record<string, unknown>): {
    readonly body: Record<string, unknown>;
    /** `nativeText`: the answer as the caller received it, if it came in the caller's dialect; then `sent` is empty. */
    keep(usage: Usage | null, sent: Record<string, unknown>, nativeText: string | null): void;
  };
  /** In the words of its API, with our additions in it where it wants them. */
  present(answer: Record<string, unknown>): Record<string, unknown>;
  /** JSON text of an answer that goes to the caller as it came, with our additions in it; null for none. */
  presentNative?(text: string, additions: Additions | null): string;
}

/** An answer that goes to the caller as it is. */
export const asItIs: AnswerPresentation = {
  restore: (body) => ({ body, keep: () => undefined }),
  present: (answer) => answer,
};

/** Calls the provider and returns its answer to the client in one piece. Resolves when the answer is on its way, or has failed. */
export async function answerWhole(
  context: WholeContext,
  attempt: Attempt<WholeDialect>,
  presentation: AnswerPresentation,
): Promise<AttemptOutcome> {
  const { open, prepared, request } = attempt;
  const { response, startedMs } = open.exchange;
  const calls = new WholeCalls(attempt);
  const drain: { end: (() => void) | null } = { end: null };
  const leave = () => {
    drain.end = attempt.drain(() => calls.abort(toCancelled()));
    if (drain.end === null) calls.abort(toCancelled());
  };
  response.once('close', leave);
  open.cut = calls.abort;
  const end = (rest: Pick<AttemptEnd, 'outcome' | 'failure' | 'charge'>): AttemptEnd => ({
    ...rest,
    ...{ usage: null, outputCharacters: 0, ttftMs: null },
    isSent: calls.isSent,
    latencyMs: performance.now() - startedMs,
  });
  try {
    const answer = prepared.readAnswers(await calls.readBodies());
    const charge = chargeAnswer(attempt, answer);
    if (drain.end !== null) return { result: 'left', end: end({ outcome: 'aborted', failure: toCancelled(), charge }) };
    const whole = end({ outcome: 'completed', failure: null, charge });
    // First into the spool, then to the client: what was answered is on record also if this process dies.
    recordSettlement(context, request, whole, { outcome: 'completed', charge, cache: open.cache });
    await context.spool.whenWritten();
    const { nativeText = null } = answer;
    const { body, keep } = presentation.restore(withChargedUsage(answer.body, charge, request));
    // Figures that contradict themselves, or lack a part, are not given again.
    const isExact = charge.reportedUsage === null && charge.estimate === null;
    const usage = isExact && answer.hasUntranslated !== true ? answer.usage : null;
    if (nativeText === null) keep(usage, sendAnswer(context, attempt, presentation, body, charge), null);
    else keep(usage, {}, sendNative(context, attempt, presentation, nativeText, charge));
    return { result: 'completed', end: whole };
  } catch (thrown) {
    const failure = toAppError(thrown);
    calls.abort(failure);
    if (failure.code === 'request_cancelled' || drain.end !== null) {
      // A provider that rejects the request charges nothing for it.
      const charge = failure instanceof ProviderFailure ? noCharge : null;
      return { result: 'left', end: end({ outcome: 'aborted', failure: toCancelled(), charge }) };
    }
    return { result: 'failed', failure, hasDelivered: false, end: end({ outcome: 'failed', failure, charge: null }) };
  } finally {
    drain.end?.();
    response.off('close', leave);
    open.cut = null;
  }
}

/** Made when a client has left and not before: an error costs its stack. */
const toCancelled = () => new AppError('request_cancelled');

/** Calls of one attempt, some at a time; the first that fails ends the others. */
class WholeCalls {
  readonly #attempt: Attempt<WholeDialect>;
  readonly #open = new Set<{ abort(reason: AppError): void }>();
  #isSent = false;
  #abortReason: AppError | null = null;

  constructor(attempt: Attempt<WholeDialect>) {
    this.#attempt = attempt;
  }

  get isSent(): boolean {
    return this.#isSent;
  }

  readonly abort = (reason: AppError): void => {
    this.#abortReason ??= reason;
    for (const call of [...this.#open]) call.abort(reason);
  };

  async readBodies(): Promise<string[]> {
    const { requests } = this.#attempt.prepared;
    const [only] = requests;
    if (only !== undefined && requests.length === 1) return [await this.#call(only)];
    const bodies: string[] = [];
    const queue = requests.entries();
    const work = async () => {
      for (const [index, request] of queue) bodies[index] = await this.#call(request);
    };
    const workers = Array.from({ length: Math.min(callsAtOnceMax, requests.length) }, work);
    await Promise.all(workers).finally(() =>
      this.abort(new AppError('internal_error', { internal: 'another call failed' })),
    );
    return bodies;
  }

  async #call({ endpoint, body }: TranslatedRequest): Promise<string> {
    if (this.#abortReason !== null) throw this.#abortReason;
    const { adapter, limits, mark, pool, request } = this.#attempt;
    const collector = new AnswerCollector(() => call.noteLife(), limits.lifeBytes, mark);
    const call = callProvider(pool, withTrace(endpoint, request.traceparent), body, limits, collector);
    this.#open.add(call);
    try {
      return readSuccess(adapter, await collector.answer);
    } finally {
      this.#isSent ||= call.isSent;
      this.#open.delete(call);
    }
  }
}

const callsAtOnceMax = 4;

function readSuccess(adapter: Attempt<WholeDialect>['adapter'], answer: CollectedAnswer): string {
  if (isSuccessStatus(answer.status)) return answer.body;
  throw readRefusal(adapter, answer);
}

function chargeAnswer(
  { open, request }: Attempt<WholeDialect>,
  { body, usage, pictures, reportedUsage = null }: TranslatedAnswer,
): Charge {
  if (pictures !== undefined) {
    const isPerPicture = request.price.rates.images !== undefined;
    // A price by the picture or by the request is for a picture; tokens that the provider reports are charged without one.
    if (pictures === 0 && (isPerPicture || usage === null)) return noCharge;
    const isUnknown = usage === null || lacksSide(usage, pictures);
    if (isUnknown && !isPerPicture)
      return estimateMissing(request, usage, { characters: 0, pictures }, open.readPrompt);
    const said = request.isPictureOpen === true ? classifyAnswer(body) : undefined;
    const priced = said === undefined ? request : { ...request, pictureClass: said };
    return chargeUsage({ ...usage, images: pictures }, priced, reportedUsage);
  }
  if (request.outputTokensMax === 0) {
    // Every text has a token: without one the usage is unknown.
    const isUnknown = usage === null || Object.values(usage).every((units) => units === 0);
    return isUnknown
      ? estimateCharge(request, { characters: 0 }, open.readPrompt())
      : chargeUsage(usage, request, reportedUsage);
  }
  // With both sides reported, nothing depends on the texts.
  if (usage !== null && !lacksSide(usage, 1)) return chargeUsage(usage, request, reportedUsage);
  const texts = readTexts(body.choices, 'message');
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  if (usage !== null && !lacksSide(usage, characters)) return chargeUsage(usage, request, reportedUsage);
  return estimateMissing(request, usage, { characters, texts }, open.readPrompt);
}

function withChargedUsage(body: Record<string, unknown>, charge: Charge, { operation }: DispatchedRequest) {
  const { usage: reported, ...rest } = body;
  const usage = showUsage(reported, charge, operation);
  if (usage === reported) return body;
  return usage === null ? rest : { ...rest, usage };
}

function sendAnswer(
  { config, now }: Pick<WholeContext, 'config' | 'now'>,
  { open, prepared, request }: Attempt<WholeDialect>,
  { present }: AnswerPresentation,
  body: Record<string, unknown>,
  charge: Charge,
): Record<string, unknown> {
  const { exchange } = open;
  if (typeof body.model !== 'string') body.model = request.model;
  // A provider that reports no time.
  if (body.created === 0) body.created = Math.floor(now() / 1000);
  const answer = wantsAdditions(exchange) ? withAdditions(body, exchange, request, charge) : body;
  const sent = present(answer);
  writeAnswer(config, { open, prepared, request }, JSON.stringify(sent));
  return sent;
}

/** Sends an answer as it came. Returns the JSON text that the caller receives. */
function sendNative(
  { config }: Pick<WholeContext, 'config'>,
  attempt: Attempt<WholeDialect>,
  { presentNative }: AnswerPresentation,
  nativeText: string,
  charge: Charge,
): string {
  const { exchange } = attempt.open;
  const additions = wantsAdditions(exchange) ? toAdditions(exchange, attempt.request, charge) : null;
  const text = presentNative?.(nativeText, additions) ?? nativeText;
  writeAnswer(config, attempt, text);
  return text;
}

function writeAnswer(
  config: WholeContext['config'],
  { open, prepared, request }: Pick<Attempt<WholeDialect>, 'open' | 'prepared' | 'request'>,
  text: string,
): void {
  const { response } = open.exchange;
  response.writeHead(200, {
    ...toHead(response, answerHeaders(request, open.cache, prepared.droppedParams)),
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
  // A client that takes nothing of it keeps the whole answer in our memory; mostly the kernel has it all by now.
  if (response.writableLength > 0) response.setTimeout(config.clientStallTimeoutMs);
}
