import { z } from 'zod';
import type { Database, Transaction } from '../database/create-database.ts';
import type { BulkJob } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { reachFor, readStanding } from '../permissions/standing.ts';
import type { SecretSealer } from '../secrets/secret-sealer.ts';
import type { JobFailures } from './job-failures.ts';
import { failed, type RowEnd, type RowParts, RowWorker } from './row-worker.ts';

/** Rows of one transaction. */
const chunkSize = 50;

export interface ChunkEnd {
  job: BulkJob;
  userIds: string[];
  /** True if a budget changed: gateways then ask again about every key of the organisation. */
  hasBudgets: boolean;
  isFinished: boolean;
}

export interface ChunkParts extends RowParts {
  readonly database: Database;
  readonly bulkKeys: SecretSealer;
}

/**
 * Processes the next rows of an open job that no other process works on; null if there is none. The job is taken at random, so that the
 * long lists of one organisation delay no other's. Rows, their results and their audit are one transaction.
 */
export async function workOnChunk(
  { database, keyHasher, bulkKeys, invitations }: ChunkParts,
  now: Date,
  failures: JobFailures,
): Promise<ChunkEnd | null> {
  let jobId = '';
  const work = database.$transaction(
    async (transaction) => {
      const [claimed] = await transaction.$queryRaw<{ id: string }[]>`
        SELECT "id" FROM "bulk_job" WHERE "finished_at" IS NULL AND NOT ("id" = ANY(${failures.resting(now)}::uuid[]))
        ORDER BY random() LIMIT 1 FOR UPDATE SKIP LOCKED`;
      if (claimed === undefined) return null;
      jobId = claimed.id;
      const job = await transaction.bulkJob.findUniqueOrThrow({ where: { id: claimed.id } });
      await lockOrganization(transaction, job.organizationId);
      const rows = await transaction.bulkRow.findMany({
        where: { jobId: job.id, number: { gt: job.done } },
        orderBy: { number: 'asc' },
        take: chunkSize,
      });
      const refusal = failures.isHopeless(jobId)
        ? failed('The row could not be processed.')
        : await judgeMaker(transaction, job);
      const worker = new RowWorker(transaction, now, job, { keyHasher, invitations });
      const open = rows.flatMap(({ number, input, result }) => (result === null ? [{ number, input }] : []));
      await worker.read(open.flatMap(({ input }) => emailOf(input)));
      const ends: (RowEnd & { number: number })[] = [];
      for (const { number, input } of open) {
        ends.push({ number, ...(refusal ?? (await worker.workOn(input))) });
      }
      await keepResults(transaction, job.id, ends);
      await keepKeys(transaction, bulkKeys, job.id, ends);
      const userIds = ends.flatMap(({ userId }) => userId ?? []);
      const done = rows.at(-1)?.number ?? job.total;
      const isFinished = done >= job.total;
      await transaction.bulkJob.update({ where: { id: job.id }, data: { done, finishedAt: isFinished ? now : null } });
      const hasBudgets = ends.some(({ hasBudget }) => hasBudget === true);
      return { job, userIds, hasBudgets, isFinished };
    },
    { timeout: 60_000 },
  );
  return work.then(
    (end) => {
      failures.forget(jobId);
      return end;
    },
    (error: unknown) => {
      if (jobId !== '') failures.add(jobId, now);
      throw error;
    },
  );
}

const stored = z.object({ email: z.string() });
const emailOf = (input: unknown): string[] => {
  const parsed = stored.safeParse(input);
  return parsed.success ? [parsed.data.email] : [];
};

/** One statement for all rows of the chunk. */
async function keepResults(
  transaction: Transaction,
  jobId: string,
  ends: readonly (RowEnd & { number: number })[],
): Promise<void> {
  const numbers = ends.map(({ number }) => number);
  const results = ends.map(({ result }) => result);
  const messages = ends.map(({ message }) => message ?? '');
  await transaction.$executeRaw`
    UPDATE "bulk_row" SET "result" = "end"."result", "message" = nullif("end"."message", '')
    FROM unnest(${numbers}::int[], ${results}::text[], ${messages}::text[]) AS "end"("number", "result", "message")
    WHERE "bulk_row"."job_id" = ${jobId}::uuid AND "bulk_row"."number" = "end"."number"`;
}

async function keepKeys(
  transaction: Transaction,
  sealer: SecretSealer,
  jobId: string,
  ends: readonly (RowEnd & { number: number })[],
): Promise<void> {
  for (const { number, key } of ends) {
    if (key === undefined) continue;
    const keySealed = sealer.seal(key, `${jobId}/${number}`);
    await transaction.bulkRow.update({ where: { jobId_number: { jobId, number } }, data: { keySealed } });
  }
}

/** Null if the maker of the job may still do what it asked for. */
async function judgeMaker(transaction: Transaction, job: BulkJob): Promise<RowEnd | null> {
  const home = job.isByOperator
    ? await transaction.user.findUnique({
        where: { id: job.createdById },
        select: { isOperator: true, blockedAt: true },
      })
    : null;
  if (job.isByOperator) {
    return home?.isOperator === true && home.blockedAt === null
      ? null
      : failed('The operator may not do this any more.');
  }
  const standing = await readStanding(transaction, job.organizationId, job.createdById);
  const isAllowed = standing !== null && reachFor(standing, 'members.manage') === 'organization';
  return isAllowed ? null : failed('The maker of the list may not manage members any more.');
}
