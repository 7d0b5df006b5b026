import { AppError, type BalanceAnswer } from '@aggregator/contracts';
import { formatNanoUsd, formatUsd } from '@aggregator/pricing';
import { withDeadline } from '@aggregator/service-kit';
import type { BillingContext } from '../../billing-context.ts';
import { readAccounts } from '../../ledger/accounts.ts';

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
  const { promotional } = accounts;
  const balance = accounts.available + accounts.leased + accounts.held + promotional;
  const heldNanoUsd = (await held) + accounts.held;
  return {
    currency: 'USD',
    balance: formatUsd(balance),
    balanceNanoUsd: formatNanoUsd(balance),
    ...(promotional > 0n && { promotionalNanoUsd: formatNanoUsd(promotional) }),
    held: formatUsd(heldNanoUsd),
    heldNanoUsd: formatNanoUsd(heldNanoUsd),
  };
}
