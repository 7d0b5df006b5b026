const size = 20;
const mask = 2 ** size - 1;

/** Outcomes of the last 20 attempts. */
export class OutcomeWindow {
  /** One bit for each, the last one lowest; 1 is a failure. */
  #bits = 0;
  #count = 0;
  #failures = 0;

  add(isFailure: boolean): void {
    if (this.#count === size && this.#bits >>> (size - 1) === 1) this.#failures -= 1;
    this.#bits = ((this.#bits << 1) & mask) | (isFailure ? 1 : 0);
    this.#count = Math.min(this.#count + 1, size);
    if (isFailure) this.#failures += 1;
  }

  get failures(): number {
    return this.#failures;
  }

  /** 0…1; 0 of nothing. */
  get failedShare(): number {
    return this.#count === 0 ? 0 : this.#failures / this.#count;
  }

  clear(): void {
    this.#bits = 0;
    this.#count = 0;
    this.#failures = 0;
  }
}
