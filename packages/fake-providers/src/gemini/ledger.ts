export interface FakeUsage {
  prompt: number;
  promptAudio: number;
  promptImage: number;
  cached: number;
  candidates: number;
  /** Of the candidates. */
  image: number;
  thoughts: number;
}

/** One request as the fake has seen and charged it. */
export interface FakeRecord {
  /** `x-client-request-id`; null if none was sent. */
  readonly attemptId: string | null;
  readonly path: string;
  /** The body as it came, parsed; null if it was refused. */
  request: unknown;
  state: 'open' | 'completed' | 'aborted' | 'failed' | 'refused';
  usage: FakeUsage;
}

const recordsMax = 10_000;

export const noUsage: Readonly<FakeUsage> = Object.freeze({
  prompt: 0,
  promptAudio: 0,
  promptImage: 0,
  cached: 0,
  candidates: 0,
  image: 0,
  thoughts: 0,
});

/** Tokens that the fake generated, request by request, the oldest forgotten first. */
export class FakeLedger {
  readonly #records: FakeRecord[] = [];

  open(seen: Pick<FakeRecord, 'attemptId' | 'path'>): FakeRecord {
    const record: FakeRecord = { ...seen, request: null, state: 'open', usage: { ...noUsage } };
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
