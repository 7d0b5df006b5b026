import type { Job } from '../port.ts';
import type { PostgresWorkQueueOptions } from './postgres-work-queue.ts';
import { toJob } from './rows.ts';

/** A job that is due, for the worker that takes it from a broker. `attempts`: so many were made before. */
export interface Dispatched {
  id: string;
  tenant: string;
  attempts: number;
}

type Options = Pick<PostgresWorkQueueOptions, 'connection' | 'queue' | 'leaseMs' | 'attemptsMax'>;

const dispatchedMax = 100;

/** Takes jobs that are due to send them to a broker. One that the broker loses is due again after a lease. */
export async function dispatchDue(options: Options, now: Date, excluded: readonly string[]): Promise<Dispatched[]> {
  const rows = await options.connection.query(
    `UPDATE work_job SET due_at = $2::timestamptz + $3::float8 * interval '1 millisecond'
     WHERE id IN (
       SELECT id FROM work_job
       WHERE queue = $1 AND state = 'waiting' AND due_at <= $2::timestamptz AND tenant <> ALL ($4::text[])
       ORDER BY due_at LIMIT ${dispatchedMax} FOR UPDATE SKIP LOCKED
     )
     RETURNING id::text, tenant, attempts`,
    [options.queue, now, options.leaseMs, excluded],
  );
  return rows.map(({ id, tenant, attempts }) => ({
    ...{ id: String(id), tenant: String(tenant), attempts: Number(attempts) },
  }));
}

/** Takes the job that a broker delivered; null if it was taken or done since it was sent. */
export async function claimDispatched(options: Options, now: Date, { id, attempts }: Dispatched): Promise<Job | null> {
  const rows = await options.connection.query(
    `UPDATE work_job SET attempts = attempts + 1, due_at = $3::timestamptz + $4::float8 * interval '1 millisecond'
     WHERE queue = $1 AND id = $2::uuid AND state = 'waiting' AND attempts = $5::int
     RETURNING id::text, key, tenant, body, attempts`,
    [options.queue, id, now, options.leaseMs, attempts],
  );
  return rows[0] === undefined ? null : toJob(rows[0], options.attemptsMax);
}

/** Lets a job be sent again at once: the worker that took it has too many of its tenant. */
export async function releaseDispatched(options: Options, now: Date, { id, attempts }: Dispatched): Promise<void> {
  await options.connection.query(
    `UPDATE work_job SET due_at = $3::timestamptz
     WHERE queue = $1 AND id = $2::uuid AND state = 'waiting' AND attempts = $4::int`,
    [options.queue, id, now, attempts],
  );
}
