import { AppError, parseRecord, toAppError } from '@aggregator/contracts';
import { type ChatStreamTranslator, ProviderFailure, SseParser } from '@aggregator/providers';
import type { NativeEvent } from '@aggregator/surfaces';
import type { AttemptOutcome } from '../attempts/attempt-outcome.ts';
import type { Attempt } from '../attempts/begin-attempt.ts';
import { readRefusal } from '../attempts/read-refusal.ts';
import { readTextsOfChunks } from '../attempts/read-texts.ts';
import { type Charge, chargeUsage, noCharge } from '../money/charge.ts';
import { estimateMissing, lacksSide } from '../money/estimate-left.ts';
import { recordSettlement, type SettlementContext } from '../money/settle-request.ts';
import type { AttemptEnd } from '../money/settled.ts';
import type { ProxyContext } from '../proxy-context.ts';
import type { AnswerHeaders } from '../upstream/answer-headers.ts';
import { type CallRecord, callProvider, type ProviderCall, type ProviderSink } from '../upstream/call-provider.ts';
import { AnswerCollector, type CollectedAnswer, isSuccessStatus, isWhiteSpace } from '../upstream/collect-answer.ts';
import type { EventShare } from '../upstream/event-room.ts';
import { withTrace } from '../upstream/with-trace.ts';
import { answerHeaders, toAdditions, wantsAdditions, withAdditions } from './answer-additions.ts';
import type { AnswerEncoder } from './answer-encoder.ts';
import type { ChatJob } from './chat-job.ts';
import type { ClientListener, ClientStream } from './client-stream.ts';
import type { Continuation } from './continuation.ts';
import { type KeepContext, keepAnswer } from './keep-answer.ts';
import { NativeEvents } from './native-events.ts';
import type { StreamDialect } from './stream-dialect.ts';
import { toIncompleteError, withChargedUsage } from './stream-end.ts';
import { readWholeAsStream } from './whole-as-stream.ts';

/** Parts that relay a stream, settle it and keep its answer. */
export type RelayContext = SettlementContext & KeepContext & Pick<ProxyContext, 'eventRoom'>;

const mebibyte = 1024 * 1024;
/** A tool call or a text in one event; with what is around it, 5 MB of text pass. */
const eventBytesMax = 8 * mebibyte;
/** A picture comes in one event. */
const imageEventBytesMax = 32 * mebibyte;
const malformedEventsMax = 3;
const openBrace = 0x7b;
const openBracket = 0x5b;
/** A whole answer whose usage, `[DONE]` or end of body does not come is not waited for. */
const tailMs = 5000;
const drainMs = 1000;

/** Calls the provider and passes its stream on to the client as it comes. Resolves when the attempt is over. */
export function relayChatStream(
  context: RelayContext,
  attempt: Attempt<StreamDialect>,
  client: ClientStream<AnswerEncoder>,
  job: ChatJob,
): Promise<AttemptOutcome> {
  return new Promise((resolve) => {
    new ChatStreamRelay(context, attempt, client, job, resolve).start();
  });
}

/** One stream under way: bytes in, events through the translator, chunks to the client. */
class ChatStreamRelay implements ProviderSink, ClientListener {
  readonly #context: RelayContext;
  readonly #attempt: Attempt<StreamDialect>;
  readonly #client: ClientStream<AnswerEncoder>;
  readonly record: CallRecord | null;
  readonly #job: ChatJob;
  readonly #continuation: Continuation | null;
  readonly #resolve: (outcome: AttemptOutcome) => void;
  readonly #parser: SseParser;
  readonly #eventShare: EventShare;
  /** Events that go to the client as they come; null if they are translated. */
  #native: NativeEvents | null;
  #translator: ChatStreamTranslator;
  #call: ProviderCall | null = null;
  /** An answer that is no stream: a rejection, or a whole answer. */
  #collector: AnswerCollector | null = null;
  /** Head of a success whose first byte has not come: it shows whether the body is a stream, for any content type. */
  #openHead: { readonly status: number; readonly headers: AnswerHeaders } | null = null;
  #isOver = false;
  #isTail = false;
  #hasPushed = false;
  /** The client has left; the answer is read on for its usage alone. */
  #isAbandoned = false;
  #endDrain: (() => void) | null = null;
  #outputCharacters = 0;
  #ttftMs: number | null = null;

  constructor(
    context: RelayContext,
    attempt: Attempt<StreamDialect>,
    client: ClientStream<AnswerEncoder>,
    job: ChatJob,
    resolve: (outcome: AttemptOutcome) => void,
  ) {
    this.#context = context;
    this.#attempt = attempt;
    this.record = attempt.mark;
    this.#client = client;
    this.#job = job;
    this.#translator = attempt.prepared.translator;
    this.#continuation = attempt.prepared.continuation;
    this.#resolve = resolve;
    const makesImages = attempt.target.candidate.model.capabilities.includes('image_output');
    const { answers } = attempt.prepared;
    const restorer = answers === null || job.vault === null ? null : answers.createRestorer(job.vault);
    this.#native = answers === null ? null : new NativeEvents(answers, job.asked.repeated, restorer);
    this.#parser = new SseParser({
      eventBytesMax: makesImages ? imageEventBytesMax : eventBytesMax,
      keepsHeads: answers !== null,
    });
    this.#eventShare = context.eventRoom.enter(attempt.request.provider.name);
  }

  start(): void {
    const { limits, open, pool, prepared, request } = this.#attempt;
    open.cut = this.#fail;
    this.#client.attach(this, answerHeaders(request, open.cache, prepared.droppedParams));
    const [{ endpoint, body }] = prepared.requests;
    this.#call = callProvider(pool, withTrace(endpoint, request.traceparent), body, limits, this);
  }

  onHead(status: number, headers: AnswerHeaders): void {
    if (isSuccessStatus(status)) this.#openHead = { status, headers };
    else this.#collect(status, headers, this.#failAsRefused);
  }

  onData(bytes: Buffer): void {
    if (this.#openHead !== null) this.#readForm(bytes, this.#openHead);
    if (this.#collector !== null) {
      this.#collector.onData(bytes);
      return;
    }
    if (this.#isOver) return;
    // What it throws, for its size as well as for its form, comes back by `onError`.
    this.#takeEvents(this.#parser.push(bytes));
    if (!this.#isOver) this.#eventShare.hold(this.#parser.heldBytes);
  }

  onEnd(): void {
    if (this.#collector !== null) this.#collector.onEnd();
    if (this.#collector !== null || this.#isOver) return;
    try {
      this.#takeEvents(this.#parser.end());
    } catch (thrown) {
      this.#fail(toAppError(thrown));
    }
    if (this.#isOver) return;
    if (this.#translator.isComplete) this.#finish();
    else this.#fail(toIncompleteError(this.#translator));
  }

  onError(error: AppError): void {
    if (this.#collector !== null) this.#collector.onError(error);
    else if (this.#translator.isComplete) this.#finish();
    else this.#fail(error);
  }

  onStalled(): void {
    this.#call?.pause();
  }

  onDrained(): void {
    if (!this.#isOver) this.#call?.resume();
  }

  onLeft(): void {
    if (this.#isOver) return;
    this.#isAbandoned = true;
    // The tail of a whole answer has its own clock.
    if (!this.#translator.isComplete) this.#endDrain = this.#attempt.drain(this.#abandon);
    if (!this.#translator.isComplete && this.#endDrain === null) this.#abandon();
    else this.#call?.resume();
  }

  /** Ends what is read for its usage alone. `charge` is null if it depends on what came. */
  readonly #abandon = (charge: Charge | null = null): void => {
    if (this.#isOver) return;
    const failure = new AppError('request_cancelled');
    const end = this.#close({ outcome: 'aborted', failure, charge });
    this.#call?.abort(failure);
    this.#resolve({ result: 'left', end });
  };

  /** A whole answer begins with a brace, which no event stream does. */
  #readForm(bytes: Buffer, { status, headers }: { readonly status: number; readonly headers: AnswerHeaders }): void {
    const first = bytes.find((byte) => !isWhiteSpace(byte));
    if (first === undefined) return;
    this.#openHead = null;
    if (first === openBrace || first === openBracket) this.#collect(status, headers, this.#takeWhole);
  }

  #collect(status: number, headers: AnswerHeaders, take: (answer: CollectedAnswer) => void): void {
    this.#collector = new AnswerCollector(() => this.#call?.noteLife(), this.#attempt.limits.lifeBytes);
    this.#collector.onHead(status, headers);
    void this.#collector.answer.then(take, this.#fail);
  }

  /** A whole answer instead of a stream goes out as the stream that was asked for. */
  readonly #takeWhole = ({ body }: CollectedAnswer): void => {
    if (this.#isOver) return;
    try {
      const includeUsage = this.#job.asked.chat.stream_options?.include_usage === true;
      const { texts, translator } = readWholeAsStream(this.#attempt.prepared.reader, body, { includeUsage });
      this.#native = null;
      this.#translator = translator;
      for (const text of texts) this.#pass(text);
      this.#noteLife();
      this.#finish();
    } catch (thrown) {
      this.#fail(toAppError(thrown));
    }
  };

  #takeEvents(events: readonly string[]): void {
    const translator = this.#translator;
    for (const [at, data] of events.entries()) {
      if (this.#native !== null) this.#passEvent(this.#native, { head: this.#parser.heads[at] ?? '', data });
      else for (const chunk of translator.push(data)) this.#pass(chunk);
      if (translator.malformedEvents > malformedEventsMax && !translator.isComplete) {
        this.#fail(toIncompleteError(translator));
        return;
      }
    }
    if (translator.outputCharacters > this.#outputCharacters) this.#noteLife();
    if (this.#continuation?.hasDiverged)
      this.#fail(new AppError('upstream_stream_cut', { internal: 'another answer' }));
    else if (translator.error !== null) this.#fail(new ProviderFailure(translator.error));
    else if (translator.isComplete && translator.isEnded) this.#finish();
    else if (translator.isComplete && !this.#isTail) this.#expectTail();
  }

  /** Passes an event on as it came. What is no event of the dialect, and an error before the end, stay here. */
  #passEvent(native: NativeEvents, event: NativeEvent): void {
    const translator = this.#translator;
    const { malformedEvents } = translator;
    const chunks = translator.push(event.data);
    if (translator.error !== null || translator.malformedEvents > malformedEvents || this.#isAbandoned) return;
    this.#hasPushed = true;
    const text = native.take(event, translator.isComplete);
    this.#client.pass(text, chunks, translator.hasUntranslated ?? false, native.trace);
  }

  #pass(chunk: string): void {
    if (this.#isAbandoned) return;
    const fresh = this.#continuation === null ? chunk : this.#continuation.take(chunk);
    if (fresh === null) return;
    this.#hasPushed = true;
    this.#client.push(fresh);
  }

  #noteLife(): void {
    this.#outputCharacters = this.#translator.outputCharacters;
    this.#ttftMs ??= performance.now() - this.#attempt.open.exchange.startedMs;
    this.#call?.noteLife();
    this.#client.openGate();
  }

  #expectTail(): void {
    this.#isTail = true;
    this.#call?.expectEndWithin(tailMs);
  }

  /** A whole answer: what was kept back, with our additions, and the terminator, whether or not the provider said it. */
  #finish(): void {
    if (this.#isOver) return;
    if (this.#isAbandoned) {
      this.#abandon(this.#translator.usage === null ? null : this.#charge());
      return;
    }
    if (this.#native !== null) {
      this.#finishNative(this.#native);
      return;
    }
    const { open, request } = this.#attempt;
    for (const chunk of this.#translator.release?.() ?? []) this.#pass(chunk);
    const kept = this.#translator.end();
    const taken = kept === null || this.#continuation === null ? kept : this.#continuation.takeLast(kept);
    if (this.#continuation?.hasDiverged) {
      this.#fail(new AppError('upstream_stream_cut', { internal: 'another answer' }));
      return;
    }
    const charge = this.#charge();
    const last = taken === null ? null : withChargedUsage(taken, charge);
    const end = this.#settle(charge);
    const from = this.#continuation?.deliveredBy ?? null;
    const sent =
      last !== null && wantsAdditions(open.exchange) ? withAdditions(last, open.exchange, request, charge, from) : last;
    this.#client.end(sent);
    this.#keep(last, charge);
    this.#complete(end);
  }

  #finishNative(native: NativeEvents): void {
    const { open, request } = this.#attempt;
    const chunks = this.#translator.release?.() ?? [];
    this.#client.pass('', chunks, false, native.trace);
    const charge = this.#charge();
    const end = this.#settle(charge);
    const additions = wantsAdditions(open.exchange) ? toAdditions(open.exchange, request, charge) : null;
    this.#client.endAsCame(native.end(additions, this.#translator.isEnded));
    this.#keep(this.#translator.end(), charge, native.last);
    this.#complete(end);
  }

  /** First into the spool, then the last bytes to the client: what was answered whole is on record also if we die. */
  #settle(charge: Charge): AttemptEnd {
    const { open, request } = this.#attempt;
    const end = this.#close({ outcome: 'completed', failure: null, charge });
    recordSettlement(this.#context, request, end, { outcome: 'completed', charge, cache: open.cache });
    this.#context.spool.writeSettlements();
    return end;
  }

  /** The rest of the body is read, so that the connection can be used again, but not for long. */
  #complete(end: AttemptEnd): void {
    this.#call?.resume();
    this.#call?.expectEndWithin(drainMs);
    this.#resolve({ result: 'completed', end });
  }

  /** An answer that was continued is not kept: it is of two providers. */
  #keep(last: Record<string, unknown> | null, charge: Charge, nativeText: string | null = null): void {
    if (this.#continuation !== null) return;
    const { prepared, request } = this.#attempt;
    const said = this.#client.encoder.readSaid(last);
    const isExact = charge.reportedUsage === null && charge.estimate === null;
    const usage = isExact && !this.#client.hasUntranslated ? this.#translator.usage : null;
    keepAnswer(this.#context, this.#job, said, {
      ...{ request, usage, nativeText },
      droppedParams: prepared.droppedParams,
    });
  }

  #charge(): Charge {
    const { usage, reportedUsage = null, outputCharacters } = this.#translator;
    const { open, request } = this.#attempt;
    if (usage === null || lacksSide(usage, outputCharacters)) {
      const characters = outputCharacters + (this.#continuation?.deliveredCharacters ?? 0);
      // The input of a resume holds delivered text, so the caller's own input is estimated.
      const partial = this.#continuation === null ? usage : null;
      return estimateMissing(request, partial, { characters, texts: this.#readTexts() }, open.readPrompt);
    }
    if (this.#continuation !== null) return this.#continuation.charge(usage, request);
    return chargeUsage(usage, request, reportedUsage);
  }

  /** A beginning of what was delivered, over all attempts. */
  readonly #readTexts = (): string[] =>
    readTextsOfChunks(this.#client.delivered.sample().map((chunk) => parseRecord(chunk)?.choices));

  readonly #fail = (failure: AppError): void => {
    if (this.#isOver) return;
    if (this.#isAbandoned) {
      // A provider that rejects the request charges nothing for it.
      const isRejected = failure instanceof ProviderFailure && this.#translator.outputCharacters === 0;
      this.#abandon(isRejected ? noCharge : null);
      return;
    }
    this.#client.breakOff();
    const hasDelivered = this.#client.hasDelivered && this.#hasPushed;
    // What came and was not sent was taken back: the client has not had it, and does not pay for it.
    const end = this.#close({ outcome: 'failed', failure, charge: null }, hasDelivered ? this.#outputCharacters : 0);
    this.#call?.abort(failure);
    this.#resolve({ result: 'failed', end, failure, hasDelivered });
  };

  readonly #failAsRefused = (answer: CollectedAnswer): void => {
    this.#fail(readRefusal(this.#attempt.adapter, answer));
  };

  #close(
    how: Pick<AttemptEnd, 'outcome' | 'failure' | 'charge'>,
    outputCharacters = this.#translator.outputCharacters,
  ): AttemptEnd {
    this.#isOver = true;
    this.#eventShare.leave();
    this.#endDrain?.();
    this.#client.detach();
    const { open, request } = this.#attempt;
    open.cut = null;
    const { isComplete, isEnded, malformedEvents, usage } = this.#translator;
    // Some providers report what was used so far; it is what was used if the answer is whole, or if they have said their last word.
    const isFinal = isComplete || isEnded;
    if (malformedEvents > 0) {
      this.#context.events.eventsDropped(request.requestId, request.provider.name, malformedEvents);
    }
    return {
      ...how,
      isSent: this.#call?.isSent ?? false,
      usage: isFinal ? usage : null,
      partialUsage: isFinal ? null : (this.#translator.usageSoFar ?? usage),
      outputCharacters,
      readTexts: this.#readTexts,
      latencyMs: performance.now() - open.exchange.startedMs,
      ttftMs: this.#ttftMs,
    };
  }
}
