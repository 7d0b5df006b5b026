/** Counts of values by bucket, as JSON keeps them. */
export type SketchCounts = Readonly<Record<string, number>>;

/** Each value in a bucket is within 2 % of the value that the bucket represents. */
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

  /**
   * Adds sketches, one after the other, as JSON writes `SketchCounts`: bucket and count in turn. An answer reads thousands of sketches, and an
   * object for each of them is most of its time.
   */
  addStored(text: string): void {
    let [bucket, number] = [-1, -1];
    for (let place = 0; place < text.length; place += 1) {
      const digit = text.charCodeAt(place) - 48;
      if (digit >= 0 && digit <= 9) number = Math.max(number, 0) * 10 + digit;
      else if (number >= 0) {
        if (bucket < 0) bucket = number;
        else {
          this.#addCount(bucket, number);
          bucket = -1;
        }
        number = -1;
      }
    }
  }

  merge(other: SketchSum): void {
    for (let bucket = 0; bucket < bucketsMax; bucket += 1) this.#addCount(bucket, other.#counts[bucket] ?? 0);
  }

  /** Returns the least values that these parts (0…1, ascending) do not exceed, in milliseconds; none without values. */
  quantiles(parts: readonly number[]): number[] {
    if (this.#total === 0) return [];
    let [seen, bucket] = [this.#counts[0] ?? 0, 0];
    return parts.map((part) => {
      const rank = nearestRank(part, this.#total);
      while (seen <= rank && bucket < bucketsMax - 1) {
        bucket += 1;
        seen += this.#counts[bucket] ?? 0;
      }
      return bucket === 0 ? 0 : (2 * gamma ** (bucket - 1)) / (gamma + 1);
    });
  }

  #addCount(bucket: number, count: number): void {
    if (bucket >= bucketsMax) return;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + count;
    this.#total += count;
  }
}

/** Place, from 0, of the least value that so large a part of the values does not exceed: of three, 95 % do not exceed the last. */
export function nearestRank(part: number, count: number): number {
  // 0.07 × 100 is a little more than 7.
  return Math.max(0, Math.ceil(part * count - 1e-9) - 1);
}
