import { principalOf, readIfMatch, requireMatch } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { readPayer } from '../../payers/ask-payer.ts';
import { leavePayer } from '../../payers/leave-payer.ts';

/** DELETE /v1/billing/payer: the organisation pays for itself again, at once or once its open requests are paid. */
export function leavePayerHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const { payer } = await readPayer(context.database, orgId);
    const ifMatch = readIfMatch(request);
    if (payer === null) await requireMatch(ifMatch, () => null);
    else await leavePayer(context, { orgId, payerId: payer.organizationId }, actorOf(request), ifMatch);
    response.json(await readPayer(context.database, orgId));
  };
}
