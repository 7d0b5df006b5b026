/** Models that a vendor no longer serves. Only past retirements are listed: an announced date can still move. */
export interface RetirementRow {
  /** The vendor's names: a model and its dated releases. */
  readonly models: readonly string[];
  /** Last day on which the vendor served it: `2026-10-23`. */
  readonly retiredOn: string;
  /** The model that the vendor recommends in its place; null if none. */
  readonly successor: string | null;
  /** Where it was read, and when. */
  readonly source: string;
}

export interface Retirement {
  readonly model: string;
  readonly retiredOn: string;
  /** A model that is not retired itself. */
  readonly successor: string | null;
}

const dayMs = 86_400_000;

/** A table of rows, by the name of a model. Successors that are retired, too, are followed to one that is not. */
export class RetirementTable {
  readonly #rows = new Map<string, RetirementRow>();

  constructor(rows: readonly RetirementRow[]) {
    for (const row of rows) for (const model of row.models) this.#rows.set(model, row);
  }

  /** Null if the model is served at `nowMs`, or is not known. */
  find(model: string, nowMs: number): Retirement | null {
    const row = this.#rows.get(model);
    if (row === undefined || !isOver(row, nowMs)) return null;
    return { model, retiredOn: row.retiredOn, successor: this.#follow(row.successor, nowMs) };
  }

  /** Each step leads to a later row of the table's own names, so that it ends; the bound is for a table that is wrong. */
  #follow(successor: string | null, nowMs: number): string | null {
    let model = successor;
    for (let step = 0; step < this.#rows.size && model !== null; step += 1) {
      const row = this.#rows.get(model);
      if (row === undefined || !isOver(row, nowMs)) return model;
      model = row.successor;
    }
    return null;
  }
}

function isOver({ retiredOn }: RetirementRow, nowMs: number): boolean {
  return nowMs >= Date.parse(retiredOn) + dayMs;
}
