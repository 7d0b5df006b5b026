/** Counts of values by bucket, as JSON keeps them. */
export type SketchCounts = Readonly<Record<string, number>>;

/** Each value in a bucket is within 2 % of the value that the bucket stands for. */
const relativeError = 0.02;
const gamma = (1 + relativeError) / (1 - relativeError);
const gammaLog = Math.log(gamma);
/** Values are milliseconds up to a day: at most so many buckets. */
const valueMax = 86_400_000;
const bucketsMax = Math.ceil(Math.log(valueMax) / gammaLog) + 2;

/**
 * A summary of delays in milliseconds that merges without loss: the sum of two sketches is the sketch of all their values, in
 * any order. It is a DDSketch (Masson, Rim, Lee: "DDSketch", VLDB 2019, https://arxiv.org/abs/1908.10693) with one bucket
 * for each power of `gamma`; values below 1 ms share the first one.
 */
export class Sketch {
  readonly #counts: Map<number, number>;

  constructor(counts: SketchCounts = {}) {
    this.#counts = new Map(Object.entries(counts).map(([bucket, count]) => [Number(bucket), count]));
  }

  add(valueMs: number): void {
    const bucket = valueMs < 1 ? 0 : Math.ceil(Math.log(Math.min(valueMs, valueMax)) / gammaLog) + 1;
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
  }

  merge(other: Sketch): void {
    for (const [bucket, count] of other.#counts) this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
  }

  toCounts(): SketchCounts {
    return Object.fromEntries(this.#counts);
  }
}

/** The sum of stored sketches, made to read many of them. */
export class SketchSum {
  readonly #counts = new Float64Array(bucketsMax);
  #total = 0;

  add(counts: SketchCounts): void {
    for (const bucket in counts) {
      const count = counts[bucket] ?? 0;
      this.#counts[Number(bucket)] = (this.#counts[Number(bucket)] ?? 0) + count;
      this.#total += count;
    }
  }

  /** Returns the value below which this part (0…1) of the values is, in milliseconds; null if there are none. */
  quantile(part: number): number | null {
    if (this.#total === 0) return null;
    const rank = part * (this.#total - 1);
    let seen = 0;
    const found = this.#counts.findIndex((count) => {
      seen += count;
      return seen > rank;
    });
    return found === 0 ? 0 : (2 * gamma ** (found - 1)) / (gamma + 1);
  }
}
