/** The share of the newest in a weighted mean: the last ten or so count. */
const newestShare = 0.2;

export interface AnswerFacts {
  readonly ttftMs: number | null;
  readonly latencyMs: number;
  readonly outputTokens: number;
}

/** Recent latencies of a target. */
export class Measurements {
  #firstLifeMs: number | null = null;
  #wholeMs: number | null = null;
  #failedMs: number | null = null;
  #tokensPerSecond: number | null = null;

  addAnswer({ ttftMs, latencyMs, outputTokens }: AnswerFacts): void {
    if (ttftMs === null) this.#wholeMs = mean(this.#wholeMs, latencyMs);
    else this.#firstLifeMs = mean(this.#firstLifeMs, ttftMs);
    const generatingMs = latencyMs - (ttftMs ?? 0);
    if (outputTokens > 0 && generatingMs > 0) {
      this.#tokensPerSecond = mean(this.#tokensPerSecond, (outputTokens * 1000) / generatingMs);
    }
  }

  addFailure(tookMs: number): void {
    this.#failedMs = mean(this.#failedMs, tookMs);
  }

  /** Null before anything was measured. */
  get latencyMs(): number | null {
    return this.#firstLifeMs ?? this.#wholeMs ?? this.#failedMs;
  }

  get tokensPerSecond(): number | null {
    return this.#tokensPerSecond;
  }
}

function mean(soFar: number | null, newest: number): number {
  return soFar === null ? newest : soFar + (newest - soFar) * newestShare;
}
