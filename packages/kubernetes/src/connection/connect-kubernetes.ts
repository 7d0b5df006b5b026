import type { BackOff } from '@aggregator/resilience';
import { type Clock, type KubernetesCall, type KubernetesConnection, KubernetesError } from '../port.ts';
import { fullJitterMs } from '../time/back-off.ts';
import { pause } from '../time/pause.ts';
import { systemClock } from '../time/system-clock.ts';
import { CallGate, slotsForHigh } from './call-gate.ts';
import { createCredentialSource } from './credentials.ts';
import { readLines } from './lines.ts';
import { failureOf } from './read-failure.ts';
import { type Answer, createTransport } from './transport.ts';

export interface ConnectOptions {
  /** Default: the places where kubectl looks, then the pod's service account. */
  readonly kubeconfigPath?: string;
  /** Called for faults that fail no call: a retry, a rejected token that is read again. */
  onError?(error: unknown): void;
  readonly callsPerSecond?: number;
  readonly callsBurst?: number;
  /** Calls at once, and so connections; streams have their own. */
  readonly callsAtOnceMax?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

const deadlineMsDefault = 10_000;
const openDeadlineMs = 15_000;
const answerBytesMax = 64 * 1024 * 1024;
const attemptsMax = 5;
const backOff: BackOff = { firstMs: 250, longestMs: 4000 };
const renewalMsMin = 5000;

/** Connects when it is first asked. Throws when the kubeconfig cannot be read. */
export function connectKubernetes(options: ConnectOptions = {}): KubernetesConnection {
  return new Connection(options);
}

class Connection implements KubernetesConnection {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #onError: (error: unknown) => void;
  readonly #source;
  readonly #transport;
  readonly #gate: CallGate;
  readonly #closing = new AbortController();
  #renewedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: ConnectOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#onError = options.onError ?? (() => undefined);
    this.#source = createCredentialSource({ path: options.kubeconfigPath, clock: this.#clock });
    const inFlightMax = options.callsAtOnceMax ?? 4;
    this.#transport = createTransport(this.#source, { callsMax: inFlightMax + slotsForHigh });
    this.#gate = new CallGate({
      perSecond: options.callsPerSecond ?? 20,
      burst: options.callsBurst ?? 40,
      inFlightMax,
      clock: this.#clock,
    });
  }

  get namespace(): string | null {
    return this.#source.namespace;
  }

  async request(call: KubernetesCall): Promise<unknown> {
    const deadlineMs = call.deadlineMs ?? deadlineMsDefault;
    const late = new KubernetesError(0, 'Deadline', `${call.method} ${call.path}: no answer within ${deadlineMs} ms`);
    const { signal, release } = this.#limit(deadlineMs, late, call.signal);
    const endMs = this.#clock.nowMs() + deadlineMs;
    try {
      for (let attempt = 1; ; attempt += 1) {
        const outcome = await this.#attempt(call, signal);
        if ('answer' in outcome) return outcome.answer;
        const waitMs = this.#waitBeforeNext(call, outcome.failure, attempt);
        if (waitMs === undefined || this.#clock.nowMs() + waitMs >= endMs) throw outcome.failure;
        this.#onError(outcome.failure);
        if (waitMs > 0) await pause(this.#clock, waitMs, signal);
        signal.throwIfAborted();
      }
    } finally {
      release();
    }
  }

  async #attempt(
    call: KubernetesCall,
    signal: AbortSignal,
  ): Promise<{ answer: unknown } | { failure: KubernetesError }> {
    const leave = await this.#gate.enter(call.priority === 'high', signal);
    try {
      return { answer: await readAnswer(await this.#transport.send(call, signal)) };
    } catch (error) {
      signal.throwIfAborted();
      return { failure: toFailure(error, call) };
    } finally {
      leave();
    }
  }

  /** Undefined if another attempt could do harm, or is pointless. */
  #waitBeforeNext(call: KubernetesCall, failure: KubernetesError, attempt: number): number | undefined {
    if (failure.status === 401) return this.#renewCredentials() ? 0 : undefined;
    if (attempt >= attemptsMax) return undefined;
    const wasRefused = failure.status === 429;
    const mayBeRepeated = call.method !== 'POST' && (failure.status === 0 || failure.status >= 500);
    if (!wasRefused && !mayBeRepeated) return undefined;
    return (failure.retryAfterMs ?? 0) + fullJitterMs(backOff, attempt, this.#random);
  }

  /** At most once in five seconds: a client that is always rejected must not read files all day. */
  #renewCredentials(): boolean {
    if (this.#clock.nowMs() - this.#renewedAtMs < renewalMsMin) return false;
    this.#renewedAtMs = this.#clock.nowMs();
    try {
      this.#source.forget();
      return true;
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }

  async stream(call: Parameters<KubernetesConnection['stream']>[0]): Promise<AsyncIterable<string>> {
    const stop = new AbortController();
    const signal = AbortSignal.any([call.signal, stop.signal, this.#closing.signal]);
    const openMs = Math.min(openDeadlineMs, call.idleMsMax);
    const cancel = this.#clock.after(openMs, () =>
      stop.abort(new KubernetesError(0, 'Deadline', `GET ${call.path}: no answer within ${openMs} ms`)),
    );
    try {
      const leave = await this.#gate.enter(false, signal);
      try {
        const answer = await this.#transport.send({ ...call, method: 'GET', isStream: true }, signal);
        if (answer.statusCode !== 200) await readAnswer(answer);
        return this.#lines(answer, call, stop, signal);
      } finally {
        leave();
      }
    } catch (error) {
      signal.throwIfAborted();
      const failure = toFailure(error, { method: 'GET', path: call.path });
      if (failure.status === 401) this.#renewCredentials();
      throw failure;
    } finally {
      cancel();
    }
  }

  async *#lines(
    answer: Answer,
    call: { path: string; idleMsMax: number },
    stop: AbortController,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    try {
      const abort = (reason: KubernetesError) => stop.abort(reason);
      yield* readLines(answer.body, { clock: this.#clock, idleMsMax: call.idleMsMax, abort });
    } catch (error) {
      signal.throwIfAborted();
      throw toFailure(error, { method: 'GET', path: call.path });
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new KubernetesError(0, 'Closed', 'the connection has been closed'));
    await this.#transport.close();
  }

  /** A signal that aborts at the deadline, with the caller's, and when we close. */
  #limit(deadlineMs: number, late: KubernetesError, callers: AbortSignal | undefined) {
    const deadline = new AbortController();
    const release = this.#clock.after(deadlineMs, () => deadline.abort(late));
    const signals = [deadline.signal, this.#closing.signal, ...(callers === undefined ? [] : [callers])];
    return { signal: AbortSignal.any(signals), release };
  }
}

async function readAnswer(answer: Answer): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer.body) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) throw new KubernetesError(0, 'TooLarge', `an answer above ${answerBytesMax} bytes`);
    chunks.push(chunk);
  }
  const body = parseJson(Buffer.concat(chunks).toString('utf8'));
  if (answer.statusCode >= 200 && answer.statusCode < 300) {
    if (body === undefined) throw new KubernetesError(0, 'NotJson', 'the API server answered something else than JSON');
    return body;
  }
  const retryAfter = answer.headers['retry-after'];
  throw failureOf(answer.statusCode, body, Array.isArray(retryAfter) ? retryAfter[0] : retryAfter);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function toFailure(error: unknown, call: { method: string; path: string }): KubernetesError {
  if (error instanceof KubernetesError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new KubernetesError(0, 'NoAnswer', `${call.method} ${call.path}: ${why}`, { cause: error });
}
