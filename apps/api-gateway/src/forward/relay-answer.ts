import type { ServerResponse } from 'node:http';
import { AppError } from '@aggregator/contracts';
import type { Dispatcher } from 'undici';
import { toAnswerHeaders } from './allowed-headers.ts';
import type { UnreadBytes } from './unread-bytes.ts';

/** The text of a last event that says why a stream ends. */
export type StreamErrorWriter = (reason: AppError) => string;

/** Where an answer goes. */
export interface ClientAnswer {
  /** Must have no header yet. */
  readonly response: ServerResponse;
  /** What the answer has beside the proxy's headers: names and values in turn. */
  readonly ownHeaders: readonly string[];
  readonly toStreamError: StreamErrorWriter;
  readonly unread: UnreadBytes;
}

const lineFeed = 0x0a;
const eventEnd = Buffer.from('\n\n');

/**
 * Writes a proxy's answer to the client as it comes: no buffering beyond the socket's own, back-pressure both ways, and a
 * client that leaves takes the proxy's call with it. When the proxy breaks off, the client's connection is destroyed, so
 * that half an answer can never be taken for a whole one.
 */
export class AnswerRelay implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  readonly #ownHeaders: readonly string[];
  readonly #onFinished: (failure: AppError | null) => void;
  readonly #toStreamError: StreamErrorWriter;
  readonly #unread: UnreadBytes;
  #controller: Dispatcher.DispatchController | null = null;
  #isFinished = false;
  /** A stream of events has begun. */
  #isStream = false;
  /** What has been written ends with a whole event. */
  #isBetweenEvents = true;
  #cutReason: AppError | null = null;

  constructor(
    { response, ownHeaders, toStreamError, unread }: ClientAnswer,
    onFinished: (failure: AppError | null) => void,
  ) {
    this.#response = response;
    this.#ownHeaders = ownHeaders;
    this.#onFinished = onFinished;
    this.#toStreamError = toStreamError;
    this.#unread = unread;
    response.on('close', this.#leave);
    response.on('drain', this.#resume);
  }

  /** The request is on a connection: the proxy may have read it. */
  get isDispatched(): boolean {
    return this.#controller !== null;
  }

  /**
   * Ends the answer from our side: with an error where none has begun, with a last event where it is a stream. Half of any
   * other answer is left to be torn. Answers whether it was a stream.
   */
  cut(reason: AppError): boolean {
    this.#cutReason = reason;
    const isStream = this.#isStream;
    if (!this.#response.headersSent) this.#controller?.abort(reason);
    else if (isStream && this.#isBetweenEvents) this.#endStream(reason);
    return isStream;
  }

  /**
   * Ends the answer from our side without waiting for anything: with an error if none has begun, with a last event between
   * two events of a stream, else torn. Returns whether it was a stream.
   */
  cutAtOnce(reason: AppError): boolean {
    const isStream = this.cut(reason);
    if (this.#response.headersSent && !this.#response.writableEnded) {
      this.#response.destroy();
      this.#controller?.abort(reason);
    }
    return isStream;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#cutReason !== null) controller.abort(this.#cutReason);
    else if (this.#response.destroyed) this.#leave();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#isStream = String(headers['content-type']).startsWith('text/event-stream');
    this.#response.writeHead(status, toAnswerHeaders(headers, this.#ownHeaders));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#cutReason !== null && this.#isStream) {
      this.#finishEvent(chunk, this.#cutReason);
      return;
    }
    this.#isBetweenEvents = chunk.at(-1) === lineFeed && (chunk.length > 1 ? chunk.at(-2) === lineFeed : false);
    if (!this.#response.write(chunk)) this.#holdUp(controller);
  }

  onResponseEnd(): void {
    this.#response.end();
    this.#finish(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, cause: Error): void {
    if (this.#response.headersSent && !this.#response.writableEnded) this.#response.destroy();
    // Our own abort comes back as it was given: the client left.
    if (cause instanceof AppError) this.#finish(cause);
    else {
      const internal = this.isDispatched ? 'the service broke off' : 'the service took no connection';
      this.#finish(new AppError('service_unavailable', { internal, cause, retryAfterMs: 1000 }));
    }
  }

  /** A client that does not read holds up its own answer; one that has too many of them loses this one. */
  #holdUp(controller: Dispatcher.DispatchController): void {
    controller.pause();
    if (!this.#unread.hold(this.#response.writableLength)) this.#response.destroy();
  }

  readonly #resume = (): void => {
    this.#unread.release();
    this.#controller?.resume();
  };

  readonly #leave = (): void => {
    if (this.#isFinished) return;
    if (this.#response.writableFinished) return;
    this.#controller?.abort(new AppError('request_cancelled'));
  };

  /** Sends the rest of the event in which the stream was cut. */
  #finishEvent(chunk: Buffer, reason: AppError): void {
    const at = chunk.indexOf(eventEnd);
    this.#response.write(at === -1 ? chunk : chunk.subarray(0, at + eventEnd.length));
    if (at !== -1) this.#endStream(reason);
  }

  #endStream(reason: AppError): void {
    this.#response.end(this.#toStreamError(reason));
    this.#controller?.abort(reason);
  }

  #finish(failure: AppError | null): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#unread.release();
    this.#response.off('drain', this.#resume);
    this.#response.off('close', this.#leave);
    this.#onFinished(failure);
  }
}
