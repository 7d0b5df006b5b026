import { AppError, type BulkReport, bulkReportQuery, bulkResult } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import { readOrganizationId } from '../../accounts/read-organization-id.ts';
import type { AuthContext } from '../../auth-context.ts';
import { toBulkJob } from '../../bulk/create-job.ts';

const pageSize = 50;
const shown = z.object({ email: z.string().nullish() });

export function getBulkReportHandler({ database }: AuthContext): RequestHandler {
  return async (request, response) => {
    const { id, jobId } = request.params;
    const organizationId = jobId === undefined ? principalOf(request).orgId : readOrganizationId(request);
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
    const answer: BulkReport = {
      ...toBulkJob(job),
      rows: rows.map(({ number, input, result, message }) => ({
        ...{ number, email: shown.parse(input).email ?? null, message },
        result: bulkResult.nullable().parse(result),
      })),
      nextCursor: last < job.total ? String(last) : null,
    };
    response.json(answer);
  };
}
