import type { UsageRecorded } from '@aggregator/contracts';
import type { Position } from './segment-files.ts';

/** A settlement as it is in the log. */
export interface WrittenSettlement {
  readonly event: UsageRecorded;
  /** Its JSON in the record. */
  readonly json: string;
  readonly end: Position;
}

/** UTF-16 units of JSON; a record's other fields share most of their text with it. */
const charactersMax = 2 * 1024 * 1024;

/**
 * The settlements at the log's end, so that shipping need not read and parse what was written a moment ago. Bounded: when
 * it is full it forgets all, and the shipper reads the file until it has caught up. The log alone is the truth.
 */
export class RecentSettlements {
  #written: WrittenSettlement[] = [];
  #characters = 0;
  #since: Position;

  /** Every settlement written after `since` is passed to `add`, or `restart` is called. */
  constructor(since: Position) {
    this.#since = since;
  }

  add(settlement: WrittenSettlement): void {
    this.#characters += settlement.json.length;
    if (this.#characters > charactersMax) this.restart(settlement.end);
    else this.#written.push(settlement);
  }

  /** Forgets all, since something before `since` may be missing here. */
  restart(since: Position): void {
    this.#since = since;
    this.#written = [];
    this.#characters = 0;
  }

  /** Returns settlements written after `from`, oldest first, at most `batchMax`; null if only the file has them. */
  read(from: Position, batchMax: number): readonly WrittenSettlement[] | null {
    if (!isReached(this.#since, from)) return null;
    return this.#written.slice(0, batchMax);
  }

  /** These are shipped. */
  forgetUntil(end: Position): void {
    let count = 0;
    for (const settlement of this.#written) {
      if (!isReached(settlement.end, end)) break;
      this.#characters -= settlement.json.length;
      count += 1;
    }
    if (count === 0) return;
    this.#written = this.#written.slice(count);
    this.#since = end;
  }
}

/** True if `by` is at the position or beyond it. */
export function isReached(position: Position, by: Position): boolean {
  return by.segment > position.segment || (by.segment === position.segment && by.offset >= position.offset);
}
