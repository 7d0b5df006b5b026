import { principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { openAccounts } from '../../ledger/open-accounts.ts';
import { confirmedBefore } from '../../organizations/directory.ts';
import { readBalance } from './read-balance.ts';

/** GET /v1/billing/balance: opens the accounts of an organisation that was never seen before. */
export function readBalanceHandler(context: BillingContext): RequestHandler {
  return async (request, response) => {
    const { orgId } = principalOf(request);
    const { signUpCreditNanoUsd } = context.config;
    const isOpened = await openAccounts(context.database, orgId, {
      signUpCreditNanoUsd,
      organizations: confirmedBefore,
    });
    if (isOpened) context.events.accountsOpened([orgId]);
    response.json(await readBalance(context, orgId));
  };
}
