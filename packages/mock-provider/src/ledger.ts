import type { Operation } from '@aggregator/contracts';
import { formatNanoUsd, priceUsage } from '@aggregator/pricing';
import { findMockModel } from '@aggregator/providers';
import { LedgerFile, type LedgerRecord, type LedgerState, readLedgerFile } from './ledger-file.ts';

export type { LedgerRecord, LedgerState } from './ledger-file.ts';

export interface LedgerOptions {
  /** An append-only file that outlives the process; without it the ledger is forgotten with the process. */
  path?: string;
  /** Settled records above this are dropped from memory, oldest first. */
  recordsMax: number;
  now(): number;
}

/** Everything that an attempt used, summed if its id was sent more than once. */
export interface AttemptUsage {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
}

interface Waiter {
  attemptId: string;
  resolve(): void;
}

/**
 * The provider's own book of what each attempt used: the truth that others are compared with. An attempt is in it from
 * the moment its head arrives, so that "not in the book" proves that it never came.
 *
 * After a kill, requests that were open are settled as `interrupted` with their prompt and no token of output.
 */
export class MockLedger {
  readonly #options: LedgerOptions;
  readonly #file: LedgerFile | null;
  readonly #bySequence = new Map<number, LedgerRecord>();
  readonly #byAttempt = new Map<string, LedgerRecord[]>();
  readonly #waiters = new Set<Waiter>();
  #lastSequence = 0;

  constructor(options: LedgerOptions) {
    this.#options = options;
    const kept = options.path === undefined ? [] : readLedgerFile(options.path);
    this.#file = options.path === undefined ? null : new LedgerFile(options.path);
    for (const record of kept) {
      this.#add(record);
      if (record.state === 'open') this.settle(record, 'interrupted', null);
    }
  }

  /**
   * Begins a record of an attempt whose head has arrived. An attempt without an id gets one that no client asks for.
   */
  open(attemptId: string | null, operation: Operation): LedgerRecord {
    const sequence = this.#lastSequence + 1;
    const record: LedgerRecord = {
      sequence,
      attemptId: attemptId ?? `anonymous-${sequence}`,
      operation,
      model: null,
      isStreamed: false,
      state: 'open',
      status: null,
      promptTokens: 0,
      cachedTokens: 0,
      completionTokens: 0,
      amountNanoUsd: '0',
      startedAt: this.#time(),
      endedAt: null,
    };
    this.#add(record);
    return record;
  }

  /** Notes what was accepted; the prompt is charged from here on in any case. */
  accept(
    record: LedgerRecord,
    accepted: Pick<LedgerRecord, 'model' | 'isStreamed' | 'promptTokens' | 'cachedTokens'>,
  ): void {
    Object.assign(record, accepted);
    this.#file?.append(record);
  }

  /** Ends a record; the first end counts. */
  settle(record: LedgerRecord, state: Exclude<LedgerState, 'open'>, status: number | null): void {
    if (record.state !== 'open') return;
    record.state = state;
    record.status = status;
    record.endedAt = this.#time();
    record.amountNanoUsd = formatNanoUsd(priceRecord(record));
    this.#file?.append(record);
    for (const waiter of [...this.#waiters]) {
      if (waiter.attemptId === record.attemptId) waiter.resolve();
    }
  }

  /** Oldest first. */
  records(): readonly LedgerRecord[] {
    return [...this.#bySequence.values()];
  }

  find(attemptId: string): readonly LedgerRecord[] {
    return this.#byAttempt.get(attemptId) ?? [];
  }

  isOpen(attemptId: string): boolean {
    return this.find(attemptId).some((record) => record.state === 'open');
  }

  readUsage(attemptId: string): AttemptUsage {
    const sum: AttemptUsage = { promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
    for (const record of this.find(attemptId)) {
      sum.promptTokens += record.promptTokens;
      sum.cachedTokens += record.cachedTokens;
      sum.completionTokens += record.completionTokens;
    }
    return sum;
  }

  /** Resolves when nothing of the attempt is open, or after `timeoutMs`. */
  async waitUntilSettled(attemptId: string, timeoutMs: number): Promise<void> {
    if (!this.isOpen(attemptId)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiter: Waiter = { attemptId, resolve: () => (this.isOpen(attemptId) ? undefined : resolve()) };
    const timer = setTimeout(resolve, timeoutMs);
    this.#waiters.add(waiter);
    await promise;
    clearTimeout(timer);
    this.#waiters.delete(waiter);
  }

  close(): void {
    this.#file?.close();
  }

  #add(record: LedgerRecord): void {
    this.#lastSequence = Math.max(this.#lastSequence, record.sequence);
    this.#bySequence.set(record.sequence, record);
    const sameAttempt = this.#byAttempt.get(record.attemptId);
    if (sameAttempt === undefined) this.#byAttempt.set(record.attemptId, [record]);
    else sameAttempt.push(record);
    if (this.#bySequence.size > this.#options.recordsMax) this.#dropOldestSettled();
  }

  #dropOldestSettled(): void {
    for (const record of this.#bySequence.values()) {
      if (record.state === 'open') continue;
      this.#bySequence.delete(record.sequence);
      const left = this.find(record.attemptId).filter((other) => other !== record);
      if (left.length === 0) this.#byAttempt.delete(record.attemptId);
      else this.#byAttempt.set(record.attemptId, left);
      return;
    }
  }

  #time(): string {
    return new Date(this.#options.now()).toISOString();
  }
}

function priceRecord({ model, promptTokens, cachedTokens, completionTokens }: LedgerRecord): bigint {
  const rates = model === null ? undefined : findMockModel(model)?.rates;
  if (rates === undefined) return 0n;
  const inputUncached = promptTokens - cachedTokens;
  return priceUsage({ inputUncached, cacheRead: cachedTokens, outputText: completionTokens }, rates);
}
