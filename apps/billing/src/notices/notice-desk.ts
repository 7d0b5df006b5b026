import type { BillingNotice } from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';
import { z } from 'zod';

/** Sends notices to people and webhooks of organisations; auth alone knows them. */
export interface NoticeDesk {
  /** Sends a notice once for its id. @throws {AppError} if auth does not take it */
  send(notice: BillingNotice): Promise<void>;
}

export function createNoticeDesk(auth: Pick<InternalClient, 'call'>): NoticeDesk {
  return {
    async send(body) {
      await auth.call({ method: 'POST', path: '/internal/notices', body, answer: z.unknown() });
    },
  };
}
