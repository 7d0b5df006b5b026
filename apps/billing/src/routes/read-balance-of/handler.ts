import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { BillingContext } from '../../billing-context.ts';
import { openAccounts } from '../../ledger/open-accounts.ts';
import { confirmedBefore } from '../../organizations/directory.ts';
import { noBalance, readBalance } from '../read-balance/read-balance.ts';

const parameters = z.object({ id: z.uuid().transform((id) => id.toLowerCase()) });

/**
 * GET /v1/billing/balance/{organization or user}, an older path: one's own, by the id of the organisation or of the user;
 * another organisation's only for `billing:manage`. Everything else does not exist.
 */
export function readBalanceOfHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const parsed = parameters.safeParse(request.params);
    if (!parsed.success) throw noBalance();
    const { id } = parsed.data;
    const { orgId, userId, scopes } = principalOf(request);
    if (id === orgId || id === userId) {
      const { signUpCreditNanoUsd } = context.config;
      await openAccounts(context.database, orgId, { signUpCreditNanoUsd, organizations: confirmedBefore });
      response.json(await readBalance(context, orgId));
      return;
    }
    // The same answer as for an unknown id: whether another organisation exists is a secret.
    if (!scopes.includes('billing:manage')) throw noBalance();
    response.json(await readBalance(context, id));
  };
}
