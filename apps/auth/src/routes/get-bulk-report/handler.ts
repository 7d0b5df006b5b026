import { AppError, type BulkReport, bulkReportQuery, bulkResult } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { toBulkJob } from '../../bulk/create-job.ts';
import { readPathId } from '../../database/read-path-id.ts';
import type { ReadContext } from '../../tenants/tenant-reads.ts';

const pageSize = 50;
const shown = z.object({ email: z.string().nullish(), kind: z.string().optional(), name: z.string().optional() });
/** Milliseconds after the end of a list in which its report shows API keys. */
const keysShownMs = 86_400_000;

export function getBulkReportHandler({ database, bulkKeys, now }: ReadContext): RequestHandler {
  return async (request, response) => {
    const { id, jobId } = request.params;
    const organizationId = jobId === undefined ? principalOf(request).orgId : readPathId(request, 'id');
    const { cursor = 0, limit = pageSize } = checkBody(bulkReportQuery, { ...request.query });
    const wanted = z.uuid().safeParse(jobId ?? id);
    if (!wanted.success) throw new AppError('not_found');
    const job = await database.bulkJob.findFirst({ where: { id: wanted.data, organizationId } });
    if (job === null) throw new AppError('not_found');
    const rows = await database.bulkRow.findMany({
      where: { jobId: job.id, number: { gt: cursor } },
      orderBy: { number: 'asc' },
      take: limit,
    });
    const last = rows.at(-1)?.number ?? job.total;
    const isMaker = principalOf(request).userId === job.createdById;
    const hasKeys = isMaker && now().getTime() - (job.finishedAt ?? now()).getTime() < keysShownMs;
    const keyOf = (number: number, sealed: Uint8Array | null) =>
      sealed === null || !hasKeys ? null : bulkKeys.open(sealed, `${job.id}/${number}`);
    const answer: BulkReport = {
      ...toBulkJob(job),
      rows: rows.map(({ number, input, result, message, keySealed }) => {
        const { email = null, kind, name = null } = shown.parse(input);
        const of = { email, team: kind === 'team' ? name : null, key: keyOf(number, keySealed) };
        return { number, ...of, message, result: bulkResult.nullable().parse(result) };
      }),
      nextCursor: last < job.total ? String(last) : null,
    };
    response.set('cache-control', 'no-store').json(answer);
  };
}
