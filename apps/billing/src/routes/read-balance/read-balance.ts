import { AppError, type BalanceAnswer } from '@aggregator/contracts';
import { formatNanoUsd, formatUsd } from '@aggregator/pricing';
import { withDeadline } from '@aggregator/service-kit';
import type { BillingContext } from '../../billing-context.ts';
import { payerOf, readAccounts } from '../../ledger/accounts.ts';

const heldDeadlineMs = 1000;

export const noBalance = () =>
  new AppError('not_found', { message: 'No organization or user of this id has a balance that you can read.' });

/**
 * What an organisation has, as the ledger says, and what its open requests hold. Most of the second is only known to the
 * counter store: where that does not answer, what the ledger itself holds is reported, rather than no balance at all.
 * @throws {AppError} `not_found` for an organisation without accounts.
 */
export async function readBalance(
  { database, admission, events }: Pick<BillingContext, 'database' | 'admission' | 'events'>,
  orgId: string,
): Promise<BalanceAnswer> {
  const held = withDeadline(admission.readCredit(orgId), heldDeadlineMs, 'reading held credit').then(
    ({ heldNanoUsd }) => heldNanoUsd,
    (error: unknown) => {
      events.heldUnknown({ orgId, error });
      return 0n;
    },
  );
  const accounts = await readAccounts(database, orgId);
  if (accounts === undefined) throw noBalance();
  const { promotional, creditLine } = accounts;
  const payerId = payerOf(accounts);
  const balance = accounts.available + promotional + creditLine + (await sumReserved(database, orgId));
  const heldNanoUsd = (await held) + accounts.held;
  return {
    currency: 'USD',
    balance: formatUsd(balance),
    balanceNanoUsd: formatNanoUsd(balance),
    ...(creditLine < 0n && { creditLimitNanoUsd: formatNanoUsd(-creditLine) }),
    ...(payerId !== null && { payerOrganizationId: payerId }),
    ...(promotional > 0n && { promotionalNanoUsd: formatNanoUsd(promotional) }),
    held: formatUsd(heldNanoUsd),
    heldNanoUsd: formatNanoUsd(heldNanoUsd),
  };
}

/** What is leased and held of an organisation's money, for itself and for those it pays for. */
async function sumReserved(database: BillingContext['database'], orgId: string): Promise<bigint> {
  const [row] = await database.$queryRaw<{ sum: bigint }[]>`
    SELECT coalesce(sum(balance), 0)::bigint AS sum FROM account
    WHERE (org_id = ${orgId}::uuid AND payer_id IS NULL OR payer_id = ${orgId}::uuid) AND kind IN ('leased', 'held')`;
  return row?.sum ?? 0n;
}
