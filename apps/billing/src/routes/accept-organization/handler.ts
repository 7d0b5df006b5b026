import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { readPayer } from '../../payers/ask-payer.ts';
import { attach } from '../../payers/attach.ts';
import { idOf } from '../id-of.ts';

/** POST /v1/billing/paid-organizations/{id}/accept: 404 unless that organisation has asked the caller's. */
export function acceptOrganizationHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const pair = { orgId: idOf(request.params.id), payerId: principalOf(request).orgId };
    await attach(context, pair, actorOf(request), true);
    response.json(await readPayer(context.database, pair.orgId));
  };
}
