import { AppError } from '@aggregator/contracts';
import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { readPayer } from '../../payers/ask-payer.ts';
import { leavePayer } from '../../payers/leave-payer.ts';
import { idOf } from '../id-of.ts';

/** DELETE /v1/billing/paid-organizations/{id}: pays for it no more, or refuses to. */
export function releaseOrganizationHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const pair = { orgId: idOf(request.params.id), payerId: principalOf(request).orgId };
    const { payer } = await readPayer(context.database, pair.orgId);
    if (payer?.organizationId !== pair.payerId) throw new AppError('not_found');
    const hasEnded = await leavePayer(context, pair, actorOf(request));
    response.json(hasEnded ? { payer: null } : await readPayer(context.database, pair.orgId));
  };
}
