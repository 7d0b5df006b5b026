import { randomUUID } from 'node:crypto';
import { type BackOff, pauseAfter } from '@aggregator/resilience';
import { type Job, type JobResult, type NewJob, QueueFullError, type SqlConnection, type WorkQueue } from '../port.ts';
import { readDead, toJob } from './rows.ts';

export interface PostgresWorkQueueOptions {
  /** Has the table `work_job`. */
  connection: SqlConnection;
  /** Name of the queue; a table holds several. */
  queue: string;
  /** Longer than a handler may take. */
  leaseMs: number;
  attemptsMax: number;
  backOff: BackOff;
  /** Jobs that wait, of one tenant and of all. */
  waitingPerTenantMax: number;
  waitingMax: number;
  /** Asked before each claim, if it costs less than a claim that finds no job. */
  hasDue?(now: Date): Promise<boolean>;
}

const bodyBytesMax = 64 * 1024;
const reasonCharsMax = 500;
const keyCharsMax = 200;
const sweptMax = 1_000;

/** A queue in a table of PostgreSQL. Workers in any number of processes take different jobs. */
export function createPostgresWorkQueue(options: PostgresWorkQueueOptions): WorkQueue {
  return new PostgresWorkQueue(options);
}

class PostgresWorkQueue implements WorkQueue {
  readonly #options: PostgresWorkQueueOptions;

  constructor(options: PostgresWorkQueueOptions) {
    this.#options = options;
  }

  async enqueue(connection: SqlConnection, now: Date, { key, tenant, body }: NewJob): Promise<boolean> {
    if (body.byteLength > bodyBytesMax) throw new RangeError(`a job has at most ${bodyBytesMax} bytes`);
    if (key === '' || key.length > keyCharsMax) throw new RangeError(`a key has 1…${keyCharsMax} characters`);
    await this.#requireRoom(connection, tenant);
    const rows = await connection.query(
      `INSERT INTO work_job (id, queue, key, tenant, body, state, attempts, created_at, due_at)
       VALUES ($1::uuid, $2, $3, $4, $5, 'waiting', 0, $6::timestamptz, $6::timestamptz)
       ON CONFLICT (queue, key) DO NOTHING RETURNING id`,
      [randomUUID(), this.#options.queue, key, tenant, body, now],
    );
    return rows.length === 1;
  }

  async claim(now: Date, excluded: readonly string[] = []): Promise<Job | null> {
    const { connection, queue, leaseMs, attemptsMax, hasDue } = this.#options;
    if (hasDue !== undefined && !(await hasDue(now))) return null;
    const rows = await connection.query(
      `UPDATE work_job SET attempts = attempts + 1, due_at = $2::timestamptz + $3::float8 * interval '1 millisecond'
       WHERE id = (
         SELECT id FROM work_job
         WHERE queue = $1 AND state = 'waiting' AND due_at <= $2::timestamptz AND tenant <> ALL ($4::text[])
         ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
       )
       RETURNING id::text, key, tenant, body, attempts`,
      [queue, now, leaseMs, excluded],
    );
    return rows[0] === undefined ? null : toJob(rows[0], attemptsMax);
  }

  async settle(now: Date, job: Job, outcome: JobResult): Promise<void> {
    const { connection } = this.#options;
    if (outcome.result === 'done') {
      await connection.query(
        `UPDATE work_job SET state = 'done', body = NULL, finished_at = $3::timestamptz
         WHERE id = $1::uuid AND attempts = $2::int AND state = 'waiting'`,
        [job.id, job.attempt, now],
      );
      return;
    }
    const reason = outcome.reason.slice(0, reasonCharsMax);
    if (outcome.result === 'rejected' || job.isLast) {
      await connection.query(
        `UPDATE work_job SET state = 'dead', reason = $4, finished_at = $3::timestamptz
         WHERE id = $1::uuid AND attempts = $2::int AND state = 'waiting'`,
        [job.id, job.attempt, now, reason],
      );
      return;
    }
    const dueAt = new Date(now.getTime() + pauseAfter(job.attempt, this.#options.backOff));
    await connection.query(
      `UPDATE work_job SET due_at = $3::timestamptz, reason = $4
       WHERE id = $1::uuid AND attempts = $2::int AND state = 'waiting'`,
      [job.id, job.attempt, dueAt, reason],
    );
  }

  async readDepth(): Promise<{ waiting: number; dead: number }> {
    const rows = await this.#options.connection.query(
      `SELECT count(*) FILTER (WHERE state = 'waiting')::int AS waiting, count(*) FILTER (WHERE state = 'dead')::int AS dead
       FROM work_job WHERE queue = $1 AND state <> 'done'`,
      [this.#options.queue],
    );
    return { waiting: Number(rows[0]?.waiting), dead: Number(rows[0]?.dead) };
  }

  async listDead({ after, limit }: { after?: string; limit: number }) {
    const rows = await this.#options.connection.query(
      `SELECT id::text, key, tenant, attempts, reason, created_at, finished_at FROM work_job
       WHERE queue = $1 AND state = 'dead' AND ($2::uuid IS NULL OR (finished_at, id) >
         (SELECT finished_at, id FROM work_job WHERE id = $2::uuid))
       ORDER BY finished_at, id LIMIT $3::int`,
      [this.#options.queue, after ?? null, limit],
    );
    return rows.map(readDead);
  }

  async replayDead(now: Date, id: string): Promise<boolean> {
    const rows = await this.#options.connection.query(
      `UPDATE work_job SET state = 'waiting', attempts = 0, due_at = $3::timestamptz, finished_at = NULL
       WHERE queue = $1 AND id = $2::uuid AND state = 'dead' RETURNING id`,
      [this.#options.queue, id, now],
    );
    return rows.length === 1;
  }

  async dropDead(id: string): Promise<boolean> {
    const rows = await this.#options.connection.query(
      `DELETE FROM work_job WHERE queue = $1 AND id = $2::uuid AND state = 'dead' RETURNING id`,
      [this.#options.queue, id],
    );
    return rows.length === 1;
  }

  async sweep({ done, dead }: { done: Date; dead: Date }): Promise<number> {
    const rows = await this.#options.connection.query(
      `DELETE FROM work_job WHERE id IN (
         SELECT id FROM work_job WHERE queue = $1
           AND (state = 'done' AND finished_at < $2::timestamptz OR state = 'dead' AND finished_at < $3::timestamptz)
         LIMIT ${sweptMax}
       ) RETURNING id`,
      [this.#options.queue, done, dead],
    );
    return rows.length;
  }

  /**
   * Counts no further than the bound. Two that enqueue together may pass it by one each: it bounds, it is no limit to
   * the job.
   */
  async #requireRoom(connection: SqlConnection, tenant: string): Promise<void> {
    const { queue, waitingPerTenantMax, waitingMax } = this.#options;
    const rows = await connection.query(
      `SELECT
         (SELECT count(*)::int FROM (
           SELECT FROM work_job WHERE queue = $1 AND state = 'waiting' AND tenant = $2 LIMIT $3::int) AS own) AS own,
         (SELECT count(*)::int FROM (
           SELECT FROM work_job WHERE queue = $1 AND state = 'waiting' LIMIT $4::int) AS every) AS every`,
      [queue, tenant, waitingPerTenantMax, waitingMax],
    );
    if (Number(rows[0]?.every) >= waitingMax) throw new QueueFullError('all');
    if (Number(rows[0]?.own) >= waitingPerTenantMax) throw new QueueFullError('tenant');
  }
}
