/** One step of the counter store on one organisation, as the batch script reads it. */
export type Operation =
  | AdmitOperation
  | RaiseOperation
  | SettleOperation
  | TakeOperation
  | SliceOperation
  | BookOperation;

export interface AdmitOperation {
  requestId: string;
  /** Nano-USD. */
  amount: string;
  ttlMs: number;
  /** What settling needs to know of the hold, as JSON. */
  record: string;
  rates: readonly WrittenRate[];
  slots: readonly { subject: string; max: number }[];
  budgets?: readonly WrittenBudget[];
}

/** `rate`: units in a minute; `micros`: time that the cost takes at it. */
export interface WrittenRate {
  subject: string;
  micros: number;
  rate: number;
}

export interface WrittenBudget {
  subject: string;
  /** Nano-USD, below 2⁵³. */
  limit: number;
}

/** Rates alone. */
export interface TakeOperation {
  requestId?: never;
  rates: readonly WrittenRate[];
}

export interface RaiseOperation {
  requestId: string;
  /** Nano-USD: the whole hold afterwards. */
  raiseTo: string;
  budgets?: readonly WrittenBudget[];
}

export interface SettleOperation {
  requestId: string;
  /** Nano-USD. */
  actual: string;
  costs: readonly { subject: string; cost: number }[];
}

/** Takes a slice. */
export interface SliceOperation {
  requestId?: never;
  /** Id of the slice. */
  take: string;
  /** Of one request, in nano-USD. */
  amount: string;
  /** Of one request. */
  rates: readonly WrittenRate[];
  open: number;
  requests: number;
  least: number;
  slots: readonly { subject: string; max: number }[];
  budgets: readonly WrittenBudget[];
  activeMs: number;
  ttlMs: number;
}

/** Books a slice. */
export interface BookOperation {
  requestId?: never;
  /** Id of the slice. */
  book: string;
  /** Nano-USD: what it keeps. */
  amount: string;
  /** Nano-USD since it was taken. */
  charged: string;
  open: number;
  costs: readonly { subject: string; cost: number }[];
  ttlMs: number;
  isActive: boolean;
  isEnded: boolean;
}

/** Runs operations in their order, each as a separate step; returns the result of each. */
export type RunBatch = (orgId: string, operations: readonly Operation[]) => Promise<readonly (readonly number[])[]>;

/** Carries out `send`, and lets what it sends leave as one. */
export type SendTogether = (send: () => void) => void;

interface Waiter {
  resolve(answer: readonly number[]): void;
  reject(error: unknown): void;
}

interface Batch {
  readonly operations: Operation[];
  readonly waiters: Waiter[];
}

/** So that one call never keeps the store from others for longer than a millisecond or two. */
const operationsMax = 32;

/**
 * Gathers what one turn of the event loop asks of an organisation, and sends it as one call: a call of many costs little
 * more than one of a single operation. Order is kept; what fails fails for all of the batch, each of which may have been
 * carried out.
 */
export class OrganisationBatches {
  readonly #run: RunBatch;
  readonly #sendTogether: SendTogether;
  #gathering = new Map<string, Batch>();
  #isScheduled = false;

  constructor(run: RunBatch, sendTogether: SendTogether = (send) => send()) {
    this.#run = run;
    this.#sendTogether = sendTogether;
  }

  add(orgId: string, operation: Operation): Promise<readonly number[]> {
    const batch = this.#open(orgId);
    batch.operations.push(operation);
    const answer = new Promise<readonly number[]>((resolve, reject) => {
      batch.waiters.push({ resolve, reject });
    });
    if (batch.operations.length === operationsMax) {
      this.#gathering.delete(orgId);
      this.#send(orgId, batch);
    } else this.#schedule();
    return answer;
  }

  /** Sends what is gathered, now. */
  flush(): void {
    this.#isScheduled = false;
    // A new one each time: what V8 leaves of a Map that things pass through keeps them all for long.
    const gathered = this.#gathering;
    this.#gathering = new Map();
    this.#sendTogether(() => {
      for (const [orgId, batch] of gathered) this.#send(orgId, batch);
    });
  }

  #open(orgId: string): Batch {
    const known = this.#gathering.get(orgId);
    if (known !== undefined) return known;
    const batch: Batch = { operations: [], waiters: [] };
    this.#gathering.set(orgId, batch);
    return batch;
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.flush());
  }

  #send(orgId: string, { operations, waiters }: Batch): void {
    this.#run(orgId, operations).then(
      (answers) => {
        for (const [index, waiter] of waiters.entries()) {
          const answer = answers[index];
          if (answer === undefined) waiter.reject(new RangeError(`no answer to operation ${index}`));
          else waiter.resolve(answer);
        }
      },
      (error) => {
        for (const waiter of waiters) waiter.reject(error);
      },
    );
  }
}
