import { billingNotice } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { AuthContext } from '../../auth-context.ts';
import { sendNotice } from '../../notices/send-notice.ts';

/** POST /internal/notices: what billing reports to an organisation. */
export function recordNoticeHandler(context: AuthContext): RequestHandler {
  return async (request, response) => {
    await sendNotice(context, checkBody(billingNotice, request.body));
    response.status(204).end();
  };
}
