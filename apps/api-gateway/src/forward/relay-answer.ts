import type { ServerResponse } from 'node:http';
import { AppError } from '@aggregator/contracts';
import type { Dispatcher } from 'undici';
import { toAnswerHeaders } from './allowed-headers.ts';

/**
 * Writes a proxy's answer to the client as it comes: no buffering beyond the socket's own, back-pressure both ways, and a
 * client that leaves takes the proxy's call with it. When the proxy breaks off, the client's connection is destroyed, so
 * that half an answer can never be taken for a whole one.
 */
export class AnswerRelay implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse;
  readonly #ownHeaders: readonly string[];
  readonly #onFinished: (failure: AppError | null) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #isFinished = false;

  /** `ownHeaders` are names and values in turn; the response must have none yet. */
  constructor(response: ServerResponse, ownHeaders: readonly string[], onFinished: (failure: AppError | null) => void) {
    this.#response = response;
    this.#ownHeaders = ownHeaders;
    this.#onFinished = onFinished;
    response.on('close', this.#leave);
    response.on('drain', this.#resume);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#response.destroyed) this.#leave();
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#response.writeHead(status, toAnswerHeaders(headers, this.#ownHeaders));
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#response.write(chunk)) controller.pause();
  }

  onResponseEnd(): void {
    this.#response.end();
    this.#finish(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, cause: Error): void {
    if (this.#response.headersSent) this.#response.destroy();
    // Our own abort comes back as it was given: the client left.
    if (cause instanceof AppError) this.#finish(cause);
    else
      this.#finish(new AppError('service_unavailable', { internal: 'the proxy broke off', cause, retryAfterMs: 1000 }));
  }

  readonly #resume = (): void => {
    this.#controller?.resume();
  };

  readonly #leave = (): void => {
    if (this.#isFinished) return;
    if (this.#response.writableFinished) return;
    this.#controller?.abort(new AppError('request_cancelled'));
  };

  #finish(failure: AppError | null): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    this.#response.off('drain', this.#resume);
    this.#response.off('close', this.#leave);
    this.#onFinished(failure);
  }
}
