import { AppError } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { readPayer } from '../../payers/ask-payer.ts';
import { leavePayer } from '../../payers/leave-payer.ts';
import { idOf } from '../id-of.ts';

/** DELETE /v1/billing/payers/{id}/organizations/{organizationId}: by the operator. */
export function detachOrganizationHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const pair = { orgId: idOf(request.params.organizationId), payerId: idOf(request.params.id) };
    const { payer } = await readPayer(context.database, pair.orgId);
    if (payer?.organizationId !== pair.payerId) throw new AppError('not_found');
    await leavePayer(context, pair, actorOf(request));
    response.json(await readPayer(context.database, pair.orgId));
  };
}
