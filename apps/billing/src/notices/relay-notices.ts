import { billingNotice } from '@aggregator/contracts';
import { pauseAfter } from '@aggregator/resilience';
import { eachApart } from '../background/each-apart.ts';
import type { Database } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import type { NoticeDesk } from './notice-desk.ts';
import { toLanguage } from './write-notice.ts';

export interface NoticeContext {
  readonly database: Database;
  readonly events: Pick<BillingEvents, 'noticeRelayed' | 'noticeGivenUp' | 'noticesCounted' | 'taskFailed'>;
  readonly noticeDesk: NoticeDesk;
  readonly clock: () => Date;
}

interface Row {
  id: string;
  orgId: string;
  type: string;
  data: unknown;
  attempts: number;
  createdAt: Date;
  language: unknown;
}

const perStep = 200;
const backOff = { firstMs: 10_000, longestMs: 3_600_000 };
const givenUpAfterMs = 3 * 86_400_000;

/**
 * Gives notices to auth, which sends them, and deletes them once it has them: at least once, since a crash in between gives it the same
 * id again. A notice that auth does not take is tried later and later, for three days.
 */
export async function relayNotices({ database, events, noticeDesk, clock }: NoticeContext): Promise<void> {
  const now = clock();
  const rows = await database.$queryRaw<Row[]>`
    SELECT id, notice.org_id AS "orgId", type, data, attempts, created_at AS "createdAt", body->>'language' AS language
    FROM notice LEFT JOIN billing_profile USING (org_id)
    WHERE due_at <= ${now}::timestamptz ORDER BY random() LIMIT ${perStep}`;
  const relay = async ({ id, orgId, type, data, createdAt, language, attempts }: Row) => {
    try {
      const fields = { id, type, data, organizationId: orgId, time: createdAt.toISOString() };
      await noticeDesk.send(billingNotice.parse({ ...fields, language: toLanguage(language) }));
    } catch (error) {
      const isOver = now.getTime() - createdAt.getTime() > givenUpAfterMs;
      if (isOver) await database.notice.deleteMany({ where: { id } });
      else {
        const dueAt = new Date(now.getTime() + pauseAfter(attempts + 1, backOff));
        await database.notice.updateMany({ where: { id }, data: { attempts: attempts + 1, dueAt } });
      }
      if (isOver) events.noticeGivenUp({ noticeId: id, orgId, type });
      throw error;
    }
    await database.notice.deleteMany({ where: { id } });
    events.noticeRelayed({ noticeId: id, orgId, type });
  };
  try {
    await eachApart(rows, relay, ({ orgId }, error) => events.taskFailed('notices', error, { orgId }));
  } finally {
    events.noticesCounted(await database.notice.count());
  }
}
