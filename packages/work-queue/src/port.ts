/**
 * Where jobs are kept: a table of the service's own database, so that a job and the change that needs it commit
 * together.
 */
export interface SqlConnection {
  query(text: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

export interface NewJob {
  /** Unique within the queue, 1…200 characters: a second job of the key is dropped. */
  key: string;
  /** Whose job it is: an organisation, a user. Places and workers are shared fairly among tenants. */
  tenant: string;
  /** At most 64 KiB. Sealed by the caller where it is secret. */
  body: Uint8Array;
}

export interface Job extends NewJob {
  id: string;
  /** Attempts, this one included: 1… */
  attempt: number;
  /** This attempt is the last one. */
  isLast: boolean;
}

/** A job that was given up. */
export interface DeadJob {
  id: string;
  key: string;
  tenant: string;
  attempts: number;
  /** Short, and without secrets: what the handler said of the last attempt. */
  reason: string;
  createdAt: Date;
  givenUpAt: Date;
}

/** The result of an attempt. `failed`: attempt it again later. `rejected`: no attempt can succeed. */
export type JobResult = { result: 'done' } | { result: 'failed' | 'rejected'; reason: string };

export interface WorkQueue {
  /**
   * Resolves when the job is written; it exists once `connection` has committed. Returns false if a job of the key
   * exists.
   * @throws {QueueFullError} if the tenant or all tenants have too many jobs that wait.
   */
  enqueue(connection: SqlConnection, now: Date, job: NewJob): Promise<boolean>;
  /**
   * Takes a job that is due; null if there is none. Another worker gets it again when its lease is over.
   * @param excluded tenants whose jobs are left out.
   */
  claim(now: Date, excluded?: readonly string[]): Promise<Job | null>;
  /** Notes what became of the attempt. Does nothing if another worker has the job by now. */
  settle(now: Date, job: Job, result: JobResult): Promise<void>;
  /** Counts of the jobs that wait or are worked on, and of those that were given up. */
  readDepth(): Promise<{ waiting: number; dead: number }>;
  /** Jobs that were given up, oldest first. `after`: the id of the last one of the page before. */
  listDead(page: { after?: string; limit: number }): Promise<readonly DeadJob[]>;
  /** Gives a job that was given up all its attempts again. Returns false if there is none of the id. */
  replayDead(now: Date, id: string): Promise<boolean>;
  /** Deletes a job that was given up. Returns false if there is none of the id. */
  dropDead(id: string): Promise<boolean>;
  /** Deletes jobs that were done, or given up, before these times; at most 1000. Returns how many. */
  sweep(before: { done: Date; dead: Date }): Promise<number>;
}

/** Too many jobs wait. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
  readonly of: 'tenant' | 'all';
  constructor(of: 'tenant' | 'all') {
    super(of === 'tenant' ? 'the tenant has too many jobs that wait' : 'too many jobs wait');
    this.of = of;
  }
}
