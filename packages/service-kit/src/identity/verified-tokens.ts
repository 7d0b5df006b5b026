interface Verified<Value> {
  value: Value;
  expiresAtMs: number;
}

/** What tokens said that were checked before, until they expire. The oldest go first where there are too many. */
export class VerifiedTokens<Value> {
  readonly #verified = new Map<string, Verified<Value>>();
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  recall(token: string | undefined): Value | undefined {
    const known = token === undefined ? undefined : this.#verified.get(token);
    return known !== undefined && known.expiresAtMs > Date.now() ? known.value : undefined;
  }

  remember(token: string, value: Value, expiresAtMs: number): void {
    if (this.#verified.size >= this.#entriesMax) {
      const oldest = this.#verified.keys().next().value;
      if (oldest !== undefined) this.#verified.delete(oldest);
    }
    this.#verified.set(token, { value, expiresAtMs });
  }
}
