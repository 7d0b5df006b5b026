import type { PromptUsage } from './prompt-cache.ts';

/** One request as the fake has seen and charged it. */
export interface FakeRecord {
  /** `x-client-request-id`; null if none was sent. */
  readonly attemptId: string | null;
  readonly path: string;
  readonly version: string | null;
  /** The body as it came, parsed; null if it was refused. */
  request: unknown;
  state: 'open' | 'completed' | 'aborted' | 'failed' | 'refused';
  prompt: PromptUsage;
  /** Of both, thinking included. */
  outputTokens: number;
  thinkingTokens: number;
}

const recordsMax = 10_000;

/** Tokens that the fake generated, request by request, the oldest forgotten first. */
export class FakeLedger {
  readonly #records: FakeRecord[] = [];

  open(seen: Pick<FakeRecord, 'attemptId' | 'path' | 'version'>): FakeRecord {
    const prompt = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
    const record: FakeRecord = { ...seen, request: null, state: 'open', prompt, outputTokens: 0, thinkingTokens: 0 };
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
