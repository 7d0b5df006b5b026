import type { DeadJob, Job } from '../port.ts';

type Row = Record<string, unknown>;

export function toJob(row: Row, attemptsMax: number): Job {
  const { id, key, tenant, body, attempts } = row;
  if (!(body instanceof Uint8Array)) throw new TypeError('a job that waits has a body');
  const attempt = Number(attempts);
  return { id: String(id), key: String(key), tenant: String(tenant), body, attempt, isLast: attempt >= attemptsMax };
}

export function readDead(row: Row): DeadJob {
  const { id, key, tenant, attempts, reason, created_at: createdAt, finished_at: givenUpAt } = row;
  return {
    ...{ id: String(id), key: String(key), tenant: String(tenant), attempts: Number(attempts), reason: String(reason) },
    ...{ createdAt: toDate(createdAt), givenUpAt: toDate(givenUpAt) },
  };
}

function toDate(value: unknown): Date {
  return value instanceof Date ? value : new Date(String(value));
}
