import { AppError, toAppError } from '@aggregator/contracts';
import type { ProviderEndpoint } from '@aggregator/providers';
import type { Dispatcher } from 'undici';
import type { AnswerHeaders } from './answer-headers.ts';
import { CallClock, type CallLimits } from './call-clock.ts';
import { DecodedBody, type DecodedBodyOwner, readCoding } from './decoded-body.ts';
import type { ProviderPool } from './provider-pools.ts';
import { toUnreadable } from './unreadable.ts';

/** Takes a provider's answer as it comes. */
export interface ProviderSink {
  /** Null or absent for a call that needs no record. */
  readonly record?: CallRecord | null;
  onHead(status: number, headers: AnswerHeaders): void;
  onData(bytes: Buffer): void;
  /** The body came to its end. This or `onError` is the last word, once. */
  onEnd(): void;
  /** It broke, timed out or was aborted; then the error is the one that `abort` was given. */
  onError(error: AppError): void;
}

/** Puts on record that a call is sent. */
export interface CallRecord {
  /** The call is sent soon: what is gathered here is written at the end of this turn. What it throws ends the call. */
  gather(): void;
  /** The call waits for a connection: it is not sent yet. Does not throw. */
  onWaiting(): void;
  /** The first byte is sent next. What it throws ends the call before that byte. */
  onSending(): void;
}

/** A rejection is judged by its head; its body explains it, if it comes within this. */
const errorBodyMs = 1000;

/**
 * Sends one attempt to a provider and pushes what comes back into `sink`. The clocks start now; a sink that knows what
 * life is reports it by `noteLife`.
 */
export function callProvider(
  target: ProviderPool,
  endpoint: ProviderEndpoint,
  body: string | null,
  limits: CallLimits,
  sink: ProviderSink,
): ProviderCall {
  const call = new ProviderCall(target, limits, sink);
  call.send(target, endpoint, body);
  return call;
}

interface CallAddress {
  readonly origin: string;
  readonly path: string;
}

const addressesMax = 1000;
/** Addresses that were read before: most calls go to a few, and to parse one costs more than to find it here. */
const addresses = new Map<string, CallAddress>();

function readAddress(url: string): CallAddress {
  const known = addresses.get(url);
  if (known !== undefined) return known;
  const { origin, pathname, search } = new URL(url);
  const address = { origin, path: pathname + search };
  if (addresses.size >= addressesMax) addresses.clear();
  addresses.set(url, address);
  return address;
}

export class ProviderCall implements Dispatcher.DispatchHandler, DecodedBodyOwner {
  readonly #leave: () => void;
  readonly #sink: ProviderSink;
  readonly #clock: CallClock;
  #controller: Dispatcher.DispatchController | null = null;
  #hasHead = false;
  #isRejected = false;
  #isOver = false;
  #isSent = false;
  /** Null for a body that comes as it is. */
  #decoded: DecodedBody | null = null;
  #hasEnded = false;
  #isSinkFull = false;
  #isDecoderFull = false;
  #abortReason: AppError | null = null;

  constructor(target: ProviderPool, limits: CallLimits, sink: ProviderSink) {
    this.#leave = target.enter();
    this.#sink = sink;
    this.#clock = new CallClock(limits, () => this.abort(new AppError('upstream_timeout')));
  }

  /** Something of the request may have reached the provider. */
  get isSent(): boolean {
    return this.#isSent;
  }

  send({ pool }: ProviderPool, { url, method, headers }: ProviderEndpoint, body: string | null): void {
    const { origin, path } = readAddress(url);
    try {
      // First, so that it is written before undici, which looks at an idle connection for a turn, sends the call.
      this.#sink.record?.gather();
      pool.dispatch({ origin, method, path, headers, body }, this);
      if (this.#sink.record && !this.#isSent) setImmediate(() => this.#noteWaiting());
    } catch (error) {
      this.onResponseError(undefined, error instanceof Error ? error : new Error(String(error)));
    }
  }

  noteLife(): void {
    if (!this.#isRejected) this.#clock.noteLife();
  }

  /** What is still to come must come within this. */
  expectEndWithin(ms: number): void {
    if (!this.#isOver) this.#clock.expectWithin(ms);
  }

  pause(): void {
    this.#clock.hold();
    this.#isSinkFull = true;
    this.#controller?.pause();
  }

  resume(): void {
    if (this.#isOver) return;
    this.#clock.release();
    this.#isSinkFull = false;
    if (!this.#isDecoderFull) this.#controller?.resume();
  }

  onFull(isFull: boolean): void {
    this.#isDecoderFull = isFull;
    if (isFull) this.#controller?.pause();
    else if (!this.#isSinkFull) this.#controller?.resume();
  }

  /** Ends the call and its connection; `onError` receives `reason` before this returns. */
  abort(reason: AppError): void {
    if (this.#isOver) return;
    this.#abortReason = reason;
    if (this.#controller === null || this.#hasEnded) this.#finish(reason);
    else this.#controller.abort(reason);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // It waited for a connection; meanwhile its caller gave it up. Nothing of it is written then.
    if (this.#abortReason !== null) {
      controller.abort(this.#abortReason);
      return;
    }
    this.#controller = controller;
    try {
      this.#sink.record?.onSending();
    } catch (thrown) {
      this.abort(toAppError(thrown));
      return;
    }
    this.#isSent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200) return;
    this.#hasHead = true;
    this.#isRejected = status >= 300;
    const coding = readCoding(headers);
    if (coding === 'unknown' && !this.#isRejected) throw toUnreadable(`coding ${headers['content-encoding']}`);
    if (coding !== null && coding !== 'unknown') this.#decoded = new DecodedBody(coding, this);
    this.#sink.onHead(status, headers);
    if (this.#isRejected) this.expectEndWithin(errorBodyMs);
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    if (this.#isOver) return;
    if (this.#decoded === null) this.#sink.onData(bytes);
    else this.#decoded.write(bytes);
  }

  onResponseEnd(): void {
    this.#hasEnded = true;
    if (this.#decoded === null) this.#finish(null);
    else this.#decoded.end();
  }

  onDecoded(bytes: Buffer): void {
    if (this.#isOver) return;
    try {
      this.#sink.onData(bytes);
    } catch (thrown) {
      this.abort(toAppError(thrown));
    }
  }

  onDecodedEnd(error: AppError | null): void {
    if (error === null) this.#finish(null);
    else this.abort(error);
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, cause: Error): void {
    this.#finish(this.#abortReason ?? toCallError(cause, this.#hasHead));
  }

  #noteWaiting(): void {
    if (!this.#isSent && !this.#isOver) this.#sink.record?.onWaiting();
  }

  #finish(error: AppError | null): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#clock.stop();
    this.#decoded?.destroy();
    this.#leave();
    if (error === null) this.#sink.onEnd();
    else this.#sink.onError(error);
  }
}

/** What is wrong with a call that broke by itself; the library's own words are for our logs alone. */
function toCallError(cause: Error, hasHead: boolean): AppError {
  if (cause instanceof AppError) return cause;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
  const options = { internal: `${code} ${cause.message}`.slice(0, 500), cause };
  // An address that may not be called is a provider that is set up wrong, whether its name or its DNS is.
  const isSetUpWrong = code === 'UND_ERR_INVALID_ARG' || code === 'EGRESS_REFUSED';
  if (isSetUpWrong) return new AppError('upstream_misconfigured', options);
  const isNotHttp = code === 'UND_ERR_HEADERS_OVERFLOW' || code.startsWith('HPE_');
  if (isNotHttp) return new AppError('upstream_invalid_response', options);
  return new AppError(hasHead ? 'upstream_stream_cut' : 'upstream_unreachable', options);
}
