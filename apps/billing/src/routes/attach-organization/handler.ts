import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { readPayer } from '../../payers/ask-payer.ts';
import { attach } from '../../payers/attach.ts';
import { idOf } from '../id-of.ts';

/** PUT /v1/billing/payers/{id}/organizations/{organizationId}: by the operator, without the consent of both. */
export function attachOrganizationHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const pair = { orgId: idOf(request.params.organizationId), payerId: idOf(request.params.id) };
    await attach(context, pair, actorOf(request), false);
    response.json(await readPayer(context.database, pair.orgId));
  };
}
