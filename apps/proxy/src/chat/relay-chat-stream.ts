import { AppError, toOpenAiErrorBody } from '@aggregator/contracts';
import { type ChatStreamTranslator, ProviderFailure, SseParser, type TranslatedRequest } from '@aggregator/providers';
import { sendOpenAiError } from '@aggregator/service-kit';
import { answerHeaders, wantsAdditions, withAdditions } from '../attempts/answer-additions.ts';
import type { Attempt } from '../attempts/begin-attempt.ts';
import type { ProxyContext } from '../context.ts';
import { chargeUsage, estimateCharge } from '../settlement/charge.ts';
import { type AttemptEnd, recordSettlement } from '../settlement/settle-request.ts';
import { type AnswerHeaders, callProvider, type ProviderCall, type ProviderSink } from '../upstream/call-provider.ts';
import { AnswerCollector, flattenHeaders, isSuccessStatus } from '../upstream/collect-answer.ts';
import { StreamWriter } from './stream-writer.ts';

export interface StreamDialect {
  readonly request: TranslatedRequest;
  readonly translator: ChatStreamTranslator;
}

const eventBytesMax = 1024 * 1024;
const heldBackMax = 256 * 1024;
const malformedEventsMax = 3;
/** A whole answer whose usage, `[DONE]` or end of body does not come is not waited for. */
const tailMs = 5000;
const drainMs = 1000;

/**
 * Calls the provider and passes its stream on as it comes. The client sees one coherent stream that ends in `[DONE]`, or a
 * status where nothing has gone out yet, or one `error` event. Resolves when its end is on its way.
 */
export function relayChatStream(context: ProxyContext, attempt: Attempt, dialect: StreamDialect): Promise<AttemptEnd> {
  return new Promise((resolve) => {
    new ChatStreamRelay(context, attempt, dialect, resolve).start();
  });
}

/** One stream under way: bytes in, events through the translator, one write for what one read of the socket brought. */
class ChatStreamRelay implements ProviderSink {
  readonly #context: ProxyContext;
  readonly #attempt: Attempt;
  readonly #dialect: StreamDialect;
  readonly #translator: ChatStreamTranslator;
  readonly #resolve: (end: AttemptEnd) => void;
  readonly #parser = new SseParser({ eventBytesMax });
  readonly #writer: StreamWriter;
  #call: ProviderCall | null = null;
  /** An answer that is no stream, gathered to be told what it means. */
  #refusal: AnswerCollector | null = null;
  /** Events that are to go out with the next write. */
  #pending = '';
  #isFlushQueued = false;
  #isOver = false;
  #isTail = false;
  #outputCharacters = 0;
  #ttftMs: number | null = null;

  constructor(context: ProxyContext, attempt: Attempt, dialect: StreamDialect, resolve: (end: AttemptEnd) => void) {
    this.#context = context;
    this.#attempt = attempt;
    this.#dialect = dialect;
    this.#translator = dialect.translator;
    this.#resolve = resolve;
    const { pingIntervalMs, clientStallTimeoutMs: stallTimeoutMs } = context.config;
    const headers = answerHeaders(attempt, dialect.request.droppedParams);
    this.#writer = new StreamWriter(attempt.exchange.response, { headers, pingIntervalMs, stallTimeoutMs });
  }

  start(): void {
    const { adapter, deadlineMs, exchange, pool, request, target } = this.#attempt;
    const { firstTokenTimeoutMs, idleTimeoutMs } = this.#context.config;
    const limits = { deadlineMs, firstLifeMs: firstTokenTimeoutMs ?? Number.POSITIVE_INFINITY, idleMs: idleTimeoutMs };
    this.#attempt.cut = this.#fail;
    exchange.response.on('close', this.#leave).on('drain', this.#resume);
    const endpoint = adapter.endpoint(target, request.operation);
    this.#call = callProvider(pool, endpoint, this.#dialect.request.body, limits, this);
  }

  onHead(status: number, headers: AnswerHeaders): void {
    const isJson = String(headers['content-type'] ?? '').includes('json');
    if (isSuccessStatus(status) && !isJson) return;
    this.#refusal = new AnswerCollector();
    this.#refusal.onHead(status, headers);
    void this.#refusal.answer.then(this.#failAsRefused, this.#fail);
  }

  onData(bytes: Buffer): void {
    if (this.#refusal !== null) {
      this.#refusal.onData(bytes);
      return;
    }
    if (!this.#isOver) this.#takeEvents(this.#parser.push(bytes));
  }

  onEnd(): void {
    if (this.#refusal !== null) this.#refusal.onEnd();
    if (this.#refusal !== null || this.#isOver) return;
    this.#takeEvents(this.#parser.end());
    if (this.#translator.isComplete) this.#finish();
    else this.#fail(toIncompleteError(this.#translator));
  }

  onError(error: AppError): void {
    if (this.#refusal !== null) this.#refusal.onError(error);
    else if (this.#translator.isComplete) this.#finish();
    else this.#fail(error);
  }

  #takeEvents(events: readonly string[]): void {
    const translator = this.#translator;
    let isDone = false;
    for (const data of events) {
      for (const text of translator.push(data)) this.#pending += `data: ${text}\n\n`;
      if (data === '[DONE]') isDone = true;
      if (translator.malformedEvents > malformedEventsMax && !translator.isComplete) {
        this.#fail(toIncompleteError(translator));
        return;
      }
    }
    if (translator.outputCharacters > this.#outputCharacters) this.#noteLife();
    if (translator.error !== null) this.#fail(new ProviderFailure(translator.error));
    else if (translator.isComplete && isDone) this.#finish();
    else this.#passOn();
  }

  #noteLife(): void {
    this.#outputCharacters = this.#translator.outputCharacters;
    this.#ttftMs ??= performance.now() - this.#attempt.exchange.startedMs;
    this.#call?.noteLife();
  }

  /** Before the first life everything is held back, up to a bound; after it what has come goes out in this very turn. */
  #passOn(): void {
    if (this.#isOver) return;
    if (this.#translator.isComplete && !this.#isTail) {
      this.#isTail = true;
      this.#call?.expectEndWithin(tailMs);
    }
    const mayGo = this.#translator.hasLife || this.#pending.length > heldBackMax;
    if (!mayGo || this.#isFlushQueued || this.#pending === '') return;
    this.#isFlushQueued = true;
    // One read of the socket may bring many chunks, each told by a call of its own within this turn.
    process.nextTick(this.#flush);
  }

  readonly #flush = (): void => {
    this.#isFlushQueued = false;
    if (this.#isOver || this.#pending === '') return;
    const text = this.#pending;
    this.#pending = '';
    if (!this.#writer.write(text)) this.#call?.pause();
  };

  readonly #resume = (): void => {
    if (!this.#isOver) this.#call?.resume();
  };

  /** A whole answer: what was kept back, with our additions, and `[DONE]`, whether or not the provider said it. */
  #finish(): void {
    if (this.#isOver) return;
    const { request } = this.#attempt;
    const { usage, outputCharacters } = this.#translator;
    const charge = usage === null ? estimateCharge(request, outputCharacters) : chargeUsage(usage, request);
    const last = this.#translator.end();
    if (last !== null) {
      const told = wantsAdditions(this.#attempt) ? withAdditions(last, this.#attempt, charge) : last;
      this.#pending += `data: ${JSON.stringify(told)}\n\n`;
    }
    this.#close({ outcome: 'completed', failure: null, charge });
    this.#writer.end(`${this.#pending}data: [DONE]\n\n`);
    // The rest of the body is read, so that the connection can be used again, but not for long.
    this.#call?.resume();
    this.#call?.expectEndWithin(drainMs);
  }

  /** A status where none has gone out, else what there is and one error event; never a silent end, never `[DONE]`. */
  readonly #fail = (failure: AppError): void => {
    if (this.#isOver) return;
    const { isOpen } = this.#writer;
    // What came and has not gone out is dropped with the failure: nobody has had it, nobody pays for it.
    this.#close({ outcome: 'failed', failure, charge: null }, isOpen ? this.#translator.outputCharacters : 0);
    this.#call?.abort(failure);
    if (!isOpen) sendOpenAiError(this.#attempt.exchange.response, failure);
    else this.#writer.end(`${this.#pending}data: ${JSON.stringify(toOpenAiErrorBody(failure))}\n\n`);
  };

  readonly #failAsRefused = ({ status, headers, body }: Awaited<AnswerCollector['answer']>): void => {
    this.#fail(toRefusal(this.#attempt, status, headers, body));
  };

  readonly #leave = (): void => {
    if (this.#isOver) return;
    const failure = new AppError('request_cancelled');
    this.#close({ outcome: 'aborted', failure, charge: null });
    this.#call?.abort(failure);
  };

  #close(
    how: Pick<AttemptEnd, 'outcome' | 'failure' | 'charge'>,
    outputCharacters = this.#translator.outputCharacters,
  ): void {
    this.#isOver = true;
    this.#writer.stop();
    this.#attempt.cut = null;
    const { exchange, request } = this.#attempt;
    exchange.response.off('close', this.#leave).off('drain', this.#resume);
    const { isComplete, malformedEvents, usage } = this.#translator;
    if (malformedEvents > 0) {
      this.#context.events.eventsDropped(request.requestId, request.provider.name, malformedEvents);
    }
    const end: AttemptEnd = {
      ...how,
      isSent: this.#call?.isSent ?? false,
      // Some providers tell what was used so far; only at the end is it what was used.
      usage: isComplete ? usage : null,
      outputCharacters,
      latencyMs: performance.now() - exchange.startedMs,
      ttftMs: this.#ttftMs,
    };
    // First into the spool, then the last bytes to the client: what was answered whole is on record whatever becomes of us.
    if (how.charge !== null) {
      recordSettlement(this.#context, request, end, { outcome: how.outcome, charge: how.charge });
    }
    this.#resolve(end);
  }
}

function toIncompleteError({ hasLife, malformedEvents }: ChatStreamTranslator): AppError {
  if (malformedEvents > 0 || !hasLife) {
    return new AppError('upstream_invalid_response', { internal: `${malformedEvents} broken events, no end` });
  }
  return new AppError('upstream_stream_cut', { internal: 'the body ended before the answer did' });
}

/** What an answer means that should have been a stream: an error, or, with a success's status, nothing that we asked for. */
function toRefusal({ adapter }: Attempt, status: number, headers: AnswerHeaders, body: string): AppError {
  if (!isSuccessStatus(status)) {
    return new ProviderFailure(adapter.classifyError(status, flattenHeaders(headers), body));
  }
  try {
    adapter.fromChatResponse(body);
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  return new AppError('upstream_invalid_response', { internal: 'a plain answer instead of a stream' });
}
