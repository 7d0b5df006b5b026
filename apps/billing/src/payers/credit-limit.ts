import { AppError, type CreditLimitAnswer } from '@aggregator/contracts';
import { formatNanoUsd, parseNanoUsd } from '@aggregator/pricing';
import { requireMatch } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/open-database.ts';
import { lockOrganization, type OrganizationAccounts, readAccounts } from '../ledger/accounts.ts';
import { openAccount, openAccounts } from '../ledger/open-accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';

/** A hundred million dollars: far above every limit, below what the database holds. */
const nanoUsdMax = 100_000_000_000_000_000n;

/**
 * Sets how far an organisation's balance may be below zero. The limit is lent: it moves `credit_line → available`, or back. So the
 * step that takes money knows nothing of it, and no request goes beyond it.
 * @throws {AppError} `invalid_amount`; `not_found`; `precondition_failed`; `conflict` if more than the new limit is used.
 */
export async function putCreditLimit(
  { database, organizations, config, clock }: PaymentContext,
  orgId: string,
  creditLimitNanoUsd: string,
  actor: Actor,
  ifMatch: string | undefined,
): Promise<CreditLimitAnswer> {
  const limit = parseNanoUsd(creditLimitNanoUsd);
  if (limit < 0n || limit > nanoUsdMax) throw new AppError('invalid_amount', { param: 'creditLimitNanoUsd' });
  await openAccounts(database, orgId, { signUpCreditNanoUsd: config.signUpCreditNanoUsd, organizations });
  await database.$transaction(async (tx) => {
    await openAccount(tx, orgId, 'credit_line');
    const accounts = await lockOrganization(tx, orgId);
    await requireMatch(ifMatch, () => toCreditLimit(accounts));
    if (accounts.purse !== accounts) throw new AppError('conflict', { message: 'Another organization pays for it.' });
    const before = -accounts.creditLine;
    const more = limit - before;
    if (more === 0n) return;
    if (accounts.available < -more) {
      const least = formatNanoUsd(before - accounts.available);
      throw new AppError('conflict', { message: `The limit is in use. It can be ${least} nano-USD or more.` });
    }
    const { creditLineId, availableId } = accounts;
    const sides =
      more > 0n
        ? { debitAccount: creditLineId, creditAccount: availableId, amountNanoUsd: more }
        : { debitAccount: availableId, creditAccount: creditLineId, amountNanoUsd: -more };
    await postTransfers(tx, [{ ...sides, reason: 'credit_line', description: 'Credit limit' }]);
    await writeAudit(tx, clock(), actor, {
      ...{ organizationId: orgId, action: 'credit_limit_set', subjectType: 'organization', subjectId: orgId },
      details: { creditLimitNanoUsd, before: formatNanoUsd(before) },
    });
  });
  return { organizationId: orgId, creditLimitNanoUsd: formatNanoUsd(limit) };
}

/** Returns how far the balance of an organisation may be below zero. Throws `not_found`. */
export async function readCreditLimit(database: Transaction, orgId: string): Promise<CreditLimitAnswer> {
  const accounts = await readAccounts(database, orgId);
  if (accounts === undefined) throw new AppError('not_found');
  return toCreditLimit(accounts);
}

function toCreditLimit({ orgId, creditLine }: OrganizationAccounts): CreditLimitAnswer {
  return { organizationId: orgId, creditLimitNanoUsd: formatNanoUsd(-creditLine) };
}
