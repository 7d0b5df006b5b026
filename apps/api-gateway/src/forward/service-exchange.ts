import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { AppError } from '@aggregator/contracts';
import { toAnswerHeaders, toOwnCookies } from './allowed-headers.ts';
import type { UnreadBytes } from './unread-bytes.ts';

/** Milliseconds. */
export interface ExchangeDeadlines {
  /** Until a connection is open. */
  readonly connectMs: number;
  /** Until the head of the answer, and between two pieces of its body while the client reads. */
  readonly answerMs: number;
}

export interface ExchangeEnd {
  /** Null if the answer is whole. */
  readonly failure: AppError | null;
  /** True if the service may have read the request. */
  readonly isDispatched: boolean;
}

const retryAfterMs = 1000;

/**
 * One call of http-proxy-middleware and its answer. Bounds every wait, lets only allowed headers pass, and ends the call and
 * a half answer together, so that half an answer is never taken for a whole one.
 */
export class ServiceExchange {
  readonly #response: ServerResponse;
  readonly #unread: UnreadBytes;
  readonly #deadlines: ExchangeDeadlines;
  readonly #end = Promise.withResolvers<ExchangeEnd>();
  #call: ClientRequest | null = null;
  #hasAnswer = false;
  #isDispatched = false;
  #isFinished = false;
  #timer: NodeJS.Timeout | undefined;

  /** `response` must have no head yet. */
  constructor(response: ServerResponse, unread: UnreadBytes, deadlines: ExchangeDeadlines) {
    this.#response = response;
    this.#unread = unread;
    this.#deadlines = deadlines;
    response.on('drain', this.#flow);
    this.#expireAfter(deadlines.connectMs, 'no connection in time');
  }

  /** Resolves when nothing of the exchange is open any more; never rejects. */
  get end(): Promise<ExchangeEnd> {
    return this.#end.promise;
  }

  /** Takes over the call once it has a connection, which may not be open yet. */
  begin(call: ClientRequest): void {
    this.#call = call;
    const { socket } = call;
    if (this.#isFinished || socket === null) {
      call.destroy();
      return;
    }
    call.once('close', () => {
      if (!this.#hasAnswer) this.fail(new Error('the connection ended without an answer'));
    });
    if (socket.connecting) socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', this.#dispatch);
    else this.#dispatch();
  }

  /** Sends the answer to the client, as fast as the client reads. */
  relay(answer: IncomingMessage): void {
    this.#hasAnswer = true;
    // Before the listeners of the middleware: they destroy the response, which would look like a client that left.
    answer.once('error', (cause) => this.fail(cause));
    answer.once('close', () => {
      if (answer.readableEnded) this.#finish(null);
      else this.fail(new Error('the answer ended early'));
    });
    answer.on('pause', this.#holdUp);
    this.#expireAfter(this.#deadlines.answerMs, 'no end of the answer in time');
    answer.on('data', () => this.#timer?.refresh());
    try {
      this.#response.writeHead(answer.statusCode ?? 0, toAnswerHeaders(answer.headers, toOwnCookies(answer.headers)));
      answer.pipe(this.#response);
    } catch (cause) {
      this.fail(cause);
    }
  }

  /** Ends call and answer, if they have not ended. An answer that has begun is torn. */
  fail(cause: unknown): void {
    if (this.#isFinished) return;
    const hasClient = !this.#response.destroyed;
    if (this.#response.headersSent && !this.#response.writableEnded) this.#response.destroy();
    this.#call?.destroy();
    const internal = this.#isDispatched ? 'the service broke off' : 'the service took no connection';
    const failure = hasClient ? new AppError('service_unavailable', { internal, cause, retryAfterMs }) : null;
    this.#finish(failure ?? new AppError('request_cancelled'));
  }

  readonly #dispatch = (): void => {
    if (this.#isFinished) return;
    this.#isDispatched = true;
    this.#expireAfter(this.#deadlines.answerMs, 'no answer in time');
  };

  /** A client that does not read holds up its own answer. A caller that has too many of them loses this one. */
  readonly #holdUp = (): void => {
    if (this.#isFinished) return;
    clearTimeout(this.#timer);
    if (this.#unread.hold(this.#response.writableLength)) return;
    this.#response.destroy();
    this.fail(new Error('the client reads too little'));
  };

  readonly #flow = (): void => {
    this.#unread.release();
    if (this.#hasAnswer) this.#expireAfter(this.#deadlines.answerMs, 'no end of the answer in time');
  };

  #expireAfter(ms: number, reason: string): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.fail(new Error(reason)), ms);
  }

  #finish(failure: AppError | null): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    clearTimeout(this.#timer);
    this.#unread.release();
    this.#response.off('drain', this.#flow);
    this.#end.resolve({ failure, isDispatched: this.#isDispatched });
  }
}
