import { type OnceEnd, type OnceVerdict, OpenMap } from '@aggregator/service-kit';
import type { ProxyEvents } from '../../events.ts';
import type { Settled } from '../../money/settled.ts';

/** How the requests with an `Idempotency-Key` that are here now were settled. Others are not remembered. */
export class RequestOutcomes {
  /** Null before the settlement. */
  readonly #outcomes = new OpenMap<string, Pick<Settled, 'outcome' | 'charge'> | 'left' | null>();

  watch(requestId: string): void {
    this.#outcomes.set(requestId, null);
  }

  forget(requestId: string): void {
    this.#outcomes.delete(requestId);
  }

  note(requestId: string, settled: Pick<Settled, 'outcome' | 'charge'> | 'left'): void {
    if (this.#outcomes.has(requestId)) this.#outcomes.set(requestId, settled);
  }

  /**
   * What was charged, or answered as a whole, is done: its answer is kept. What cost nothing and failed may be asked again.
   * A settlement that is left to the next process may charge something.
   */
  judge(requestId: string, { status, isWhole }: OnceEnd): OnceVerdict {
    const settled = this.#outcomes.get(requestId) ?? null;
    if (settled === 'left') return 'forget';
    if (settled === null) return status < 400 && isWhole ? 'keep' : 'release';
    return settled.charge.amountNanoUsd > 0n || settled.outcome === 'completed' ? 'keep' : 'release';
  }
}

/** Events that are noted before they are reported. */
export function withOutcomes(events: ProxyEvents, outcomes: RequestOutcomes): ProxyEvents {
  return {
    ...events,
    requestFinished(request, end, settled) {
      outcomes.note(request.requestId, settled);
      events.requestFinished(request, end, settled);
    },
    settlementLeft(request) {
      outcomes.note(request.requestId, 'left');
      events.settlementLeft(request);
    },
  };
}
