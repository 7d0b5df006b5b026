import type { IncomingMessage, ServerResponse } from 'node:http';
import { AppError } from '@aggregator/contracts';
import type { ClaimResult, ClaimStore } from '@aggregator/expiring-store';
import { FairPool } from '../shares/fair-pool.ts';
import { RecordedResponse } from './recorded-response.ts';
import { nameOnce, type OnceNames, type OnceSubject, openAnswer, sealAnswer } from './sealed-answer.ts';

export interface OnceOptions {
  readonly claims: ClaimStore;
  /** Bytes of one answer that is kept; what is longer was done, but is not given again. */
  readonly answerBytesMax: number;
  /** Bytes of all answers that this process records at once; each tenant has a share. */
  readonly recordingBytesMax: number;
  /** How long the claim of a process that died is taken for work in progress. Milliseconds; 60,000 by default. */
  readonly leaseMs?: number;
  onError(error: unknown): void;
}

/** One request with an `Idempotency-Key`. */
export interface OnceRequest extends OnceSubject {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly requestId: string;
  /** What becomes of the end of the work. */
  judge(end: OnceEnd): OnceVerdict;
}

export interface OnceEnd {
  /** 0 if the work threw before it wrote a head. */
  readonly status: number;
  /** False for an answer that broke off. */
  readonly isWhole: boolean;
}

/** `keep` the answer for repeats; `release`: a repeat is a new request; `forget`: it was done, its answer is not given again. */
export type OnceVerdict = 'keep' | 'release' | 'forget';

const leaseMsDefault = 60_000;
const renewalsPerLease = 4;
const retryAfterMs = 1000;
const unavailableRetryAfterMs = 2000;
const fullRetryAfterMs = 60_000;

/**
 * Serves requests with an `Idempotency-Key` once: of equal requests one is done, those beside it are rejected as work
 * in progress, those after it receive its answer (I8). A process that dies in between leaves a claim: it reads as work
 * in progress until its lease is over, and after that as an answer that is lost. It is never done again, because it may
 * have been charged.
 */
export class OnceServer {
  readonly #options: OnceOptions;
  readonly #leaseMs: number;
  readonly #room: FairPool;

  constructor(options: OnceOptions) {
    this.#options = options;
    this.#leaseMs = options.leaseMs ?? leaseMsDefault;
    this.#room = new FairPool('recordings', options.recordingBytesMax);
  }

  /**
   * `work` writes its answer to the response that it is given. What it throws before it wrote a head is thrown on.
   * @throws {AppError} `idempotency_key_reused`, `idempotency_in_progress`, `idempotency_answer_lost`,
   * `idempotency_unavailable`, `rate_limit_exceeded`
   */
  async serve(once: OnceRequest, work: (response: ServerResponse) => Promise<void>): Promise<void> {
    const names = await nameOnce(once);
    const { result, ...found } = await this.#claim(names, once);
    if (result === 'claimed') return await this.#work(names, once, work);
    if (result !== 'finished' || !('value' in found)) throw toRefusal(result);
    const answer = await openAnswer(found.value, names.sealingKey, this.#bytesMax);
    if (answer === null) throw new AppError('idempotency_answer_lost');
    once.response.writeHead(answer.status, answer.headers).end(answer.body);
  }

  /** An answer and its head. */
  get #bytesMax(): number {
    return this.#options.answerBytesMax + 64 * 1024;
  }

  async #claim({ name, fingerprint }: OnceNames, { tenant, requestId: owner }: OnceRequest): Promise<ClaimResult> {
    try {
      return await this.#options.claims.claim(name, { tenant, owner, fingerprint, leaseMs: this.#leaseMs });
    } catch (cause) {
      throw new AppError('idempotency_unavailable', { cause, retryAfterMs: unavailableRetryAfterMs });
    }
  }

  async #work(names: OnceNames, once: OnceRequest, work: (response: ServerResponse) => Promise<void>): Promise<void> {
    const { request, response, requestId } = once;
    const share = this.#room.open([{ kind: 'organization', subject: once.tenant, weight: 1 }]);
    const recorded = new RecordedResponse(request, response, share, this.#options.answerBytesMax);
    const renewal = setInterval(() => {
      this.#options.claims.renew(names.name, requestId, this.#leaseMs).catch(this.#options.onError);
    }, this.#leaseMs / renewalsPerLease).unref();
    try {
      await work(recorded);
    } catch (thrown) {
      if (recorded.status === 0) {
        await this.#end(names, once, once.judge({ status: 0, isWhole: false }), recorded);
        share.close();
        throw thrown;
      }
      this.#options.onError(thrown);
    } finally {
      clearInterval(renewal);
    }
    const { status, isWhole } = recorded;
    await this.#end(names, once, once.judge({ status, isWhole }), recorded);
    recorded.release();
  }

  /** The client receives its answer also if the store does not: then the claim reads as lost when its lease is over. */
  async #end(
    { name, sealingKey }: OnceNames,
    { requestId }: OnceRequest,
    verdict: OnceVerdict,
    recorded: RecordedResponse,
  ): Promise<void> {
    const { claims, onError } = this.#options;
    try {
      if (verdict === 'release') return await claims.release(name, requestId);
      const answer = verdict === 'keep' ? recorded.answer : null;
      await claims.finish(name, requestId, answer === null ? null : await sealAnswer(answer, sealingKey));
    } catch (error) {
      onError(error);
    }
  }
}

function toRefusal(result: ClaimResult['result']): AppError {
  switch (result) {
    case 'other':
      return new AppError('idempotency_key_reused');
    case 'open':
      return new AppError('idempotency_in_progress', { retryAfterMs });
    case 'tenant_full':
      return new AppError('rate_limit_exceeded', {
        message:
          'The organisation has used too many Idempotency-Keys in 24 hours. Send the request without one, or later.',
        retryAfterMs: fullRetryAfterMs,
      });
    case 'full':
      return new AppError('idempotency_unavailable', { retryAfterMs: fullRetryAfterMs });
    default:
      return new AppError('idempotency_answer_lost');
  }
}
