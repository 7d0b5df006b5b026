import type { AdmissionStore } from '@aggregator/admission';
import { withDeadline } from '@aggregator/service-kit';
import type { Database } from '../database/open-database.ts';
import { lockOrganization } from '../ledger/accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import { closeSpentLeases } from './lease-rows.ts';
import { storeDeadlineMs } from './store-epoch.ts';

const organizationsMax = 10_000;

/**
 * Takes idle credit back from a counter store that is about to end, and returns exactly that to the balances. The counter
 * comes first and the ledger second: a crash in between strands money, and never leaves credit whose money is gone.
 * Returns the sum of the returned credit, in nano-USD.
 */
export async function reclaimLeases(db: Database, admission: AdmissionStore): Promise<bigint> {
  const leased = await db.$queryRaw<{ orgId: string; balance: bigint }[]>`
    SELECT org_id AS "orgId", balance FROM account
    WHERE kind = 'leased' AND balance > 0 ORDER BY org_id LIMIT ${organizationsMax}`;
  let returned = 0n;
  for (const { orgId, balance } of leased) {
    returned += await reclaimCredit(db, admission, orgId, balance);
  }
  return returned;
}

/** The same for one organisation, with at most its leased money. */
export async function reclaimCredit(
  db: Database,
  admission: AdmissionStore,
  orgId: string,
  maxNanoUsd: bigint,
): Promise<bigint> {
  const reclaim = admission.reclaimCredit({ orgId, maxNanoUsd });
  const taken = await withDeadline(reclaim, storeDeadlineMs, 'reclaiming credit');
  return taken > 0n ? returnToAvailable(db, orgId, taken) : 0n;
}

function returnToAvailable(db: Database, orgId: string, taken: bigint): Promise<bigint> {
  return db.$transaction(async (tx) => {
    const accounts = await lockOrganization(tx, orgId);
    const amountNanoUsd = taken < accounts.leased ? taken : accounts.leased;
    if (amountNanoUsd > 0n) {
      await postTransfers(tx, [
        {
          debitAccount: accounts.leasedId,
          creditAccount: accounts.purse.availableId,
          amountNanoUsd,
          reason: 'lease_reclaimed',
          description: 'Taken back from the counter store',
        },
      ]);
    }
    await closeSpentLeases(tx, orgId, accounts.leased - amountNanoUsd);
    return amountNanoUsd;
  });
}
