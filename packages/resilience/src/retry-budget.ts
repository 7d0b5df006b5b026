const spanMs = 1000;
const spans = 10;
/** One retry for this many first attempts. */
const attemptsPerRetry = 10;
const retriesMin = 3;

/**
 * Retries of one provider's model over the last ten seconds: at most a tenth of the first attempts, but three in any
 * case, so that a lone failure always has its retry. In any case the provider is asked at most 1.1 times for each
 * request (and three times in ten seconds).
 */
export class RetryBudget {
  readonly #attempts = new Array<number>(spans).fill(0);
  readonly #retries = new Array<number>(spans).fill(0);
  /** The span of time that was counted last. */
  #span = 0;

  /** Of every attempt, retries included. */
  noteAttempt(nowMs: number): void {
    const place = this.#turnTo(nowMs);
    this.#attempts[place] = (this.#attempts[place] ?? 0) + 1;
  }

  /** Takes one retry. Returns true if there was room. */
  takeRetry(nowMs: number): boolean {
    const place = this.#turnTo(nowMs);
    const retries = sum(this.#retries);
    const firstAttempts = sum(this.#attempts) - retries;
    if (retries + 1 > Math.max(retriesMin, Math.floor(firstAttempts / attemptsPerRetry))) return false;
    this.#retries[place] = (this.#retries[place] ?? 0) + 1;
    return true;
  }

  /** Forgets counts older than ten spans. Returns the index of the present span. */
  #turnTo(nowMs: number): number {
    const span = Math.floor(nowMs / spanMs);
    for (let passed = Math.max(this.#span + 1, span - spans + 1); passed <= span; passed += 1) {
      this.#attempts[passed % spans] = 0;
      this.#retries[passed % spans] = 0;
    }
    this.#span = Math.max(this.#span, span);
    return this.#span % spans;
  }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
