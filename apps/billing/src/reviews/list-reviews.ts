import { type ReviewPage, usage, usageReview } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import { toPage } from '@aggregator/service-kit';
import { type Actor, installation, writeAudit } from '../audit/write-audit.ts';
import type { Database } from '../database/open-database.ts';

/** Reviews, newest first, from behind `cursor` (the id of the last one seen); of one state where it is given. */
export async function listReviews(
  db: Database,
  question: { state?: 'open' | 'closed' | undefined; cursor?: string | undefined; limit: number },
): Promise<ReviewPage> {
  const { state, cursor, limit } = question;
  const rows = await db.usageReview.findMany({
    where: { ...(state === undefined ? {} : { state }), ...(cursor === undefined ? {} : { id: { lt: cursor } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(
    rows,
    limit,
    (row) => row.id,
    (row) => ({
      ...{ id: row.id, time: row.createdAt.toISOString(), requestId: row.requestId, organizationId: row.orgId },
      ...{ provider: row.provider, model: row.model },
      chargedUsage: usage.parse(row.chargedUsage),
      reportedUsage: usage.parse(row.reportedUsage),
      chargedNanoUsd: formatNanoUsd(row.charged),
      differenceNanoUsd: formatNanoUsd(row.difference),
      state: usageReview.shape.state.parse(row.state),
    }),
  );
}

/** Closes a review that a person has decided on. Returns false unless it exists; one that is closed stays as it is. */
export function closeReview(db: Database, id: string, actor: Actor = installation): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const review = await tx.usageReview.findUnique({ where: { id } });
    if (review === null) return false;
    const closed = await tx.$executeRaw`
      UPDATE usage_review SET state = 'closed', closed_at = now() WHERE id = ${id}::uuid AND state = 'open'`;
    if (closed === 1) {
      await writeAudit(tx, new Date(), actor, {
        organizationId: review.orgId,
        action: 'usage_review_closed',
        subjectType: 'usage_review',
        subjectId: id,
        details: { requestId: review.requestId, differenceNanoUsd: review.difference.toString() },
      });
    }
    return true;
  });
}

/** Has a row if a review waits for a person. */
export const openReviews = `SELECT FROM usage_review WHERE state = 'open'`;

/** Returns how many reviews wait for a person. */
export function countOpenReviews(db: Database): Promise<number> {
  return db.usageReview.count({ where: { state: 'open' } });
}
