/** What was paid for one model, user, key, team or value of a tag, or for a subscription, in a month. */
export interface LedgerLine {
  /** Id of the user, key, team or organisation, or the value of the tag; null for a line of none. */
  subject: string | null;
  description: string;
  requests: number;
  /** Nano-USD; below zero if corrections returned more than was charged. */
  amount: bigint;
}

/** The line of all that has none. */
export const allOthers = 'All others';
/** Lines of one month in memory. What follows is added up in one line: the sum stays exact. */
const linesMax = 50_000;

/** Lines of a month, added up over portions. */
export class LineSums {
  readonly #lines = new Map<string, LedgerLine>();

  add(added: readonly LedgerLine[]): void {
    for (const line of added) this.#addOne(line);
  }

  #addOne(line: LedgerLine): void {
    const name = JSON.stringify([line.subject, line.description]);
    const known = this.#lines.get(name);
    if (known !== undefined) {
      known.requests += line.requests;
      known.amount += line.amount;
    } else if (this.#lines.size < linesMax || line.description === allOthers) this.#lines.set(name, { ...line });
    else this.#addOne({ ...line, subject: null, description: allOthers });
  }

  /**
   * Returns lines that are not zero, the largest first.
   * @param isBySubject lines of one subject follow each other, those of none first.
   */
  sorted(isBySubject: boolean): LedgerLine[] {
    const bySubject = (left: LedgerLine, right: LedgerLine) => compare(left.subject ?? '', right.subject ?? '');
    return [...this.#lines.values()]
      .filter(({ amount }) => amount !== 0n)
      .sort(
        (left, right) =>
          (isBySubject ? bySubject(left, right) : 0) ||
          compare(right.amount, left.amount) ||
          compare(left.description, right.description) ||
          bySubject(left, right),
      );
  }
}

function compare<T extends string | bigint>(left: T, right: T): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
