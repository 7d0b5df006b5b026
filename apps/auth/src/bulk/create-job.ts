import {
  AppError,
  type BulkJob,
  bulkRow,
  bulkRowsMax,
  bulkTeamRow,
  type CreateBulkRequest,
  describeIssue,
} from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import type { z } from 'zod';
import type { Caller } from '../audit/caller.ts';
import { writeAudit } from '../audit/write-audit.ts';
import type { AuthContext } from '../auth-context.ts';
import type { Prisma, BulkJob as Row } from '../generated/prisma/client.ts';
import { lockOrganization } from '../keys/lock-organization.ts';
import { readCsv } from './csv.ts';

const openMax = 5;

/**
 * Keeps a list of people for the work on it. A row that cannot be read fails alone.
 * @throws {AppError} `invalid_value` for a text that is no such CSV, or too many rows; `not_found`; `conflict` if too many jobs are open
 */
export async function createBulkJob(
  { database, now: clock }: Pick<AuthContext, 'database' | 'now'>,
  caller: Caller,
  { organizationId, isByOperator }: { organizationId: string; isByOperator: boolean },
  { rows, csv, dryRun }: CreateBulkRequest,
): Promise<Row> {
  const now = clock();
  const list = rows ?? readCsv(csv ?? '');
  if (list.length === 0 || list.length > bulkRowsMax) {
    throw new AppError('invalid_value', { param: 'csv', message: `A list has 1 to ${bulkRowsMax} rows.` });
  }
  return database.$transaction(async (transaction) => {
    await lockOrganization(transaction, organizationId);
    const organization = await transaction.organization.findFirst({ where: { id: organizationId, deleteAt: null } });
    if (organization === null) throw new AppError('not_found');
    if ((await transaction.bulkJob.count({ where: { organizationId, finishedAt: null } })) >= openMax) {
      throw new AppError('conflict', { message: `${openMax} lists are being processed. Wait for the end of one.` });
    }
    const id = createUuidV7(now.getTime());
    const job = await transaction.bulkJob.create({
      data: {
        ...{ id, organizationId, isByOperator, isDryRun: dryRun, total: list.length, createdAt: now },
        ...{ createdById: caller.principal.userId, requestId: caller.requestId ?? null },
      },
    });
    await transaction.bulkRow.createMany({
      data: list.map((input, at) => ({ jobId: id, number: at + 1, ...judge(input) })),
    });
    await writeAudit(transaction, now, caller, {
      ...{ organizationId, action: 'bulk_job_created', subjectType: 'bulk_job', subjectId: id },
      details: { rows: list.length, dryRun: String(dryRun) },
    });
    return job;
  });
}

function judge(input: Record<string, unknown>): Pick<Prisma.BulkRowCreateManyInput, 'input' | 'result' | 'message'> {
  const parsed = (input.kind === 'team' ? bulkTeamRow : bulkRow).safeParse(input);
  if (parsed.success) return { input: parsed.data };
  const email = typeof input.email === 'string' ? input.email.slice(0, 254) : null;
  return { input: { email }, result: 'failed', message: toFaults(parsed.error, input).slice(0, 500) };
}

/** Returns a sentence for each fault of a row. */
function toFaults({ issues }: z.ZodError, input: Record<string, unknown>): string {
  const sentences = issues.map((issue) => {
    const [field] = issue.path;
    const isMissing = typeof field === 'string' && input[field] === undefined;
    return isMissing ? `'${field}' is missing.` : describeIssue(issue).message;
  });
  return sentences.join(' ');
}

export function toBulkJob({ id, isDryRun, total, done, createdAt, finishedAt }: Row): BulkJob {
  const end = finishedAt?.toISOString() ?? null;
  return { id, isDryRun, total, done, createdAt: createdAt.toISOString(), finishedAt: end };
}
