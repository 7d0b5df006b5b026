import type { LedgerCheckAnswer } from '@aggregator/contracts';
import type { RequestHandler } from 'express';
import type { BillingContext } from '../../billing-context.ts';
import { checkLedger } from '../../ledger/check-ledger.ts';

/** GET /internal/ledger/check */
export function checkLedgerHandler({ database }: BillingContext): RequestHandler {
  return async (_request, response) => {
    const answer: LedgerCheckAnswer = await checkLedger(database);
    response.json(answer);
  };
}
