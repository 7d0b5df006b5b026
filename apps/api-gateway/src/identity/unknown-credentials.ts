import type { LocalRates } from '@aggregator/admission';
import { AppError } from '@aggregator/contracts';
import { OpenMap, toAddressBlock } from '@aggregator/service-kit';

/**
 * Limits credentials that are not known to be good, for each address (IPv6: each /64), before they are looked up. Counted in
 * this process.
 */
export class UnknownCredentials<Found> {
  readonly #rates: LocalRates;
  readonly #failuresPerMinute: number;
  /** By the credential itself. As many as requests that wait for auth. */
  readonly #judging = new OpenMap<string, Promise<Found>>();

  readonly #onLimited: (clientIp: string) => void;

  /** `onLimited`: an address that is beyond the limit, at each request. */
  constructor(rates: LocalRates, failuresPerMinute: number, onLimited: (clientIp: string) => void = () => undefined) {
    this.#rates = rates;
    this.#onLimited = onLimited;
    this.#failuresPerMinute = failuresPerMinute;
  }

  /**
   * Takes one step for the address, then calls `look`. The step is given back if the credential is good or could not be
   * judged. Requests with one credential at one time share a look-up and its step: a good key that is new to this process
   * may come with many at once. Rejects with `rate_limit_exceeded` beyond the limit, and with what `look` rejects with.
   */
  judge(clientIp: string, credential: string | null, look: () => Promise<Found>): Promise<Found> {
    if (credential === null) return this.#take(clientIp, look);
    const judging = this.#judging.get(credential);
    if (judging !== undefined) return judging;
    const begun = this.#take(clientIp, look).finally(() => this.#judging.delete(credential));
    this.#judging.set(credential, begun);
    return begun;
  }

  async #take(clientIp: string, look: () => Promise<Found>): Promise<Found> {
    const limit = {
      subject: `failures:${toAddressBlock(clientIp)}`,
      ratePerMinute: this.#failuresPerMinute,
      cost: 1,
    };
    const verdict = this.#rates.take(limit);
    if (!verdict.isAllowed) {
      this.#onLimited(clientIp);
      throw new AppError('rate_limit_exceeded', { retryAfterMs: verdict.retryAfterMs ?? 60_000 });
    }
    let isRefused = false;
    try {
      return await look();
    } catch (error) {
      isRefused = error instanceof AppError && error.entry.status === 401;
      throw error;
    } finally {
      if (!isRefused) this.#rates.giveBack(limit);
    }
  }
}
