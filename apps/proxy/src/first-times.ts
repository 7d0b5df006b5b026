/** Remembers what was there before, up to a bound. What comes beyond the bound is always new. */
export class FirstTimes {
  readonly #known = new Set<string>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  /** True if it is asked for the first time. */
  isNew(name: string): boolean {
    if (this.#known.has(name)) return false;
    if (this.#known.size < this.#max) this.#known.add(name);
    return true;
  }
}
