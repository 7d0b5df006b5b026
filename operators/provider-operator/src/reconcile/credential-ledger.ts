interface Good {
  readonly credentialId: string;
  /** Of the Secret that it was read from. */
  readonly resourceVersion: string;
}

/**
 * Of one key of one provider: what was read of it. Null where it is known to be bad; undefined where nothing is known.
 */
export interface KeyRead {
  readonly key: string;
  readonly good: Good | null | undefined;
}

/** Which credentials the orchestrator has from us, and the one that each key had last. Holds ids alone. */
export class CredentialLedger {
  #handedOver = new Set<string>();
  #read = new Map<string, Good>();
  #lastGood = new Map<string, Good>();

  has(credentialId: string): boolean {
    return this.#handedOver.has(credentialId);
  }

  markHandedOver(credentialIds: readonly string[]): void {
    for (const id of credentialIds) this.#handedOver.add(id);
    this.#promote();
  }

  /** The orchestrator has lost them. */
  forget(credentialIds: readonly string[]): void {
    for (const id of credentialIds) this.#handedOver.delete(id);
  }

  /** What the orchestrator has of a key that cannot be read at the moment. */
  lastGood(key: string): Good | undefined {
    const last = this.#lastGood.get(key);
    return last !== undefined && this.#handedOver.has(last.credentialId) ? last : undefined;
  }

  /** All keys that there are now; what is not among them is forgotten, so that nothing grows. */
  take(reads: readonly KeyRead[]): void {
    this.#read = new Map(reads.flatMap(({ key, good }) => (good ? [[key, good]] : [])));
    const kept = reads.filter(({ good }) => good !== null);
    this.#lastGood = new Map(
      kept.flatMap(({ key }) => {
        const last = this.#lastGood.get(key);
        return last === undefined ? [] : [[key, last]];
      }),
    );
    this.#promote();
    const goods = [...this.#read.values(), ...this.#lastGood.values()];
    const isInUse = new Set(goods.map(({ credentialId }) => credentialId));
    this.#handedOver = new Set([...this.#handedOver].filter((id) => isInUse.has(id)));
  }

  #promote(): void {
    for (const [key, good] of this.#read) if (this.#handedOver.has(good.credentialId)) this.#lastGood.set(key, good);
  }
}
