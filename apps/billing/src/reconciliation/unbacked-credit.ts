interface Look {
  /** All that had ever left the leased account. */
  debited: bigint;
  /** Credit above the ledger, and the part of it that could not be taken away because requests held it. */
  unbacked: bigint;
  kept: bigint;
}

export interface Unbacked {
  unbacked: bigint;
  /** All that has ever left the leased account. */
  debited: bigint;
  /** What was asked back of the store, and what it gave. */
  asked: bigint;
  reclaimed: bigint;
}

const organizationsMax = 20_000;

/**
 * Decides whether credit above the ledger is a difference. A charge above the credit of its time takes from the leased account
 * what the store never had, so a later lease stands above the ledger by at most what has left that account since the last look.
 * More is a difference, and so is the same size in two looks although all of it was asked back. An organisation that is looked at
 * for the first time is judged by all that ever left. Amounts are nano-USD.
 */
export class UnbackedCredit {
  readonly #looks = new Map<string, Look>();

  /** Notes a look that found no credit above the ledger. */
  backed(orgId: string, debited: bigint): void {
    this.#note(orgId, { debited, unbacked: 0n, kept: 0n });
  }

  /** Notes credit above the ledger. Returns true if it is a difference. */
  isDifference(orgId: string, { unbacked, debited, asked, reclaimed }: Unbacked): boolean {
    const last = this.#looks.get(orgId) ?? { debited: 0n, unbacked: 0n, kept: 0n };
    this.#note(orgId, { debited, unbacked, kept: unbacked - reclaimed });
    const isExplained = unbacked - last.kept <= debited - last.debited;
    return !isExplained || (unbacked === last.unbacked && asked === unbacked);
  }

  clear(): void {
    this.#looks.clear();
  }

  #note(orgId: string, look: Look): void {
    if (this.#looks.has(orgId) || this.#looks.size < organizationsMax) this.#looks.set(orgId, look);
  }
}
