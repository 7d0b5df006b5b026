import type { Spool } from '@aggregator/spool';
import { attemptIdOf } from '../money/dispatched-request.ts';
import type { CallRecord } from '../upstream/call-provider.ts';

/** The mark in the spool that an attempt is sent: there before the first byte of its first call, once for all of its calls. */
export class SendingMark implements CallRecord {
  readonly #spool: Pick<Spool, 'appendMark' | 'gatherMark'>;
  readonly #requestId: string;
  readonly #attemptId: string;
  #requireWritten: (() => void) | null = null;
  #isSent = false;

  constructor(
    spool: Pick<Spool, 'appendMark' | 'gatherMark'>,
    request: { readonly requestId: string; readonly attempt: number },
  ) {
    this.#spool = spool;
    this.#requestId = request.requestId;
    this.#attemptId = attemptIdOf(request);
  }

  gather(): void {
    if (!this.#isSent) this.#requireWritten ??= this.#spool.gatherMark(this.#requestId, this.#attemptId);
  }

  onSending(): void {
    if (this.#isSent) return;
    if (this.#requireWritten === null) this.#spool.appendMark(this.#requestId, this.#attemptId);
    else this.#requireWritten();
    this.#isSent = true;
  }

  onWaiting(): void {
    if (this.#isSent || this.#requireWritten === null) return;
    try {
      this.#spool.appendMark(this.#requestId, attemptIdOf({ requestId: this.#requestId, attempt: 0 }));
    } catch {
      // The mark stays: after a crash the request is one that may have been sent.
      return;
    }
    this.#requireWritten = null;
  }
}
