/** One request as the fake has seen and charged it. */
export interface FakeRecord {
  /** `x-client-request-id`; null if none was sent. */
  readonly attemptId: string | null;
  readonly path: string;
  /** The body as it came, parsed; null if it was refused. */
  request: unknown;
  state: 'open' | 'completed' | 'aborted' | 'failed' | 'refused';
  promptTokens: number;
  /** Inside `promptTokens`. */
  cachedTokens: number;
  completionTokens: number;
  /** Inside `completionTokens`. */
  reasoningTokens: number;
}

const recordsMax = 10_000;

/** Tokens that a fake generated, request by request, the oldest forgotten first. */
export class FakeLedger {
  readonly #records: FakeRecord[] = [];

  open(seen: Pick<FakeRecord, 'attemptId' | 'path'>): FakeRecord {
    const nothing = { promptTokens: 0, cachedTokens: 0, completionTokens: 0, reasoningTokens: 0 };
    const record: FakeRecord = { ...seen, request: null, state: 'open', ...nothing };
    this.#records.push(record);
    if (this.#records.length > recordsMax) this.#records.shift();
    return record;
  }

  get records(): readonly FakeRecord[] {
    return this.#records;
  }

  find(attemptId: string): readonly FakeRecord[] {
    return this.#records.filter((record) => record.attemptId === attemptId);
  }
}
