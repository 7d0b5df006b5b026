import { createTransactionRequest } from '@aggregator/contracts';
import { checkBody, principalOf } from '@aggregator/service-kit';
import type { RequestHandler } from 'express';
import { actorOf } from '../../audit/write-audit.ts';
import type { BillingContext } from '../../billing-context.ts';
import { createTransaction } from '../../transactions/create-transaction.ts';

/** POST /v1/billing/transaction: 201 with what was posted, 200 where the key had posted it before. */
export function createTransactionHandler({ database, config, events, organizations }: BillingContext): RequestHandler {
  return async (request, response) => {
    const principal = principalOf(request);
    const body = checkBody(createTransactionRequest, request.body);
    const { transaction, isNew } = await createTransaction(database, body, {
      actorOrgId: principal.orgId,
      actor: actorOf(request),
      signUpCreditNanoUsd: config.signUpCreditNanoUsd,
      organizations,
    });
    if (isNew) {
      const { id, type, amountNanoUsd } = transaction;
      events.transactionCreated({
        ...{ id, type, amountNanoUsd },
        orgId: body.organizationId,
        actorUserId: principal.userId,
      });
    }
    response.status(isNew ? 201 : 200).json(transaction);
  };
}
