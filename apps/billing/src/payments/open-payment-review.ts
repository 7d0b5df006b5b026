import { type PaymentReviewPage, paymentReview, type paymentReviewReasons } from '@aggregator/contracts';
import { createUuidV7, toPage } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Database, Transaction } from '../database/open-database.ts';

export interface NewPaymentReview {
  reason: (typeof paymentReviewReasons)[number];
  provider: string;
  eventId: string;
  orgId: string | null;
  paymentId: string | null;
}

/** Notes a fact about a payment for a person to judge, once for each event and reason. */
export async function openPaymentReview(tx: Transaction, now: Date, review: NewPaymentReview): Promise<void> {
  const { reason, provider, eventId, orgId, paymentId } = review;
  await tx.$executeRaw`
    INSERT INTO payment_review (id, reason, org_id, payment_id, provider, event_id, created_at)
    VALUES (${createUuidV7(now.getTime())}::uuid, ${reason}, ${orgId}::uuid, ${paymentId}::uuid, ${provider}, ${eventId},
      ${now}::timestamptz)
    ON CONFLICT (provider, event_id, reason) DO NOTHING`;
}

/** Reviews, newest first, from behind `cursor`; of one state where it is given. */
export async function listPaymentReviews(
  db: Database,
  question: { state?: 'open' | 'closed' | undefined; cursor?: string | undefined; limit: number },
): Promise<PaymentReviewPage> {
  const { state, cursor, limit } = question;
  const rows = await db.paymentReview.findMany({
    where: { ...(state === undefined ? {} : { state }), ...(cursor === undefined ? {} : { id: { lt: cursor } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(
    rows,
    limit,
    (row) => row.id,
    (row) => ({
      ...{ id: row.id, time: row.createdAt.toISOString(), organizationId: row.orgId, topUpId: row.paymentId },
      ...{ provider: row.provider, eventId: row.eventId },
      reason: paymentReview.shape.reason.parse(row.reason),
      state: paymentReview.shape.state.parse(row.state),
    }),
  );
}

/** Closes a review that a person has decided on. Returns false unless it exists; one that is closed stays as it is. */
export function closePaymentReview(db: Database, id: string, now: Date, actor: Actor): Promise<boolean> {
  return db.$transaction(async (tx) => {
    const review = await tx.paymentReview.findUnique({ where: { id } });
    if (review === null) return false;
    const closed = await tx.$executeRaw`
      UPDATE payment_review SET state = 'closed', closed_at = ${now}::timestamptz
      WHERE id = ${id}::uuid AND state = 'open'`;
    if (closed === 1) {
      await writeAudit(tx, now, actor, {
        ...{ organizationId: review.orgId, action: 'payment_review_closed' },
        ...{ subjectType: 'payment_review', subjectId: id, details: { reason: review.reason } },
      });
    }
    return true;
  });
}
