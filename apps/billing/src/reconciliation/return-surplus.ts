import type { Database } from '../database/open-database.ts';
import { closeSpentLeases, regrantStranded } from '../leases/lease-rows.ts';
import { lockOrganization } from '../ledger/accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';

/** An organisation's leased money at one moment, in nano-USD. */
export interface Sample {
  orgId: string;
  /** What was leased and was neither free nor held at the counter store. */
  surplus: bigint;
  /** All that had ever left the leased account. */
  debited: bigint;
  /** Issued after the store was read. */
  mark: bigint;
}

/**
 * Returns to the balance the part of a sample's surplus that no request can need any more. Call it only once no
 * settlement of a request of before the sample can follow: then all of the surplus that was spent has left the leased
 * account since, together with what was spent later. So the surplus less all that has left is at most what was not
 * spent, and may be returned; under load it is less. Money that left meanwhile for another reason makes it less too, so
 * two simultaneous calls return it once.
 * @param restMs leases stranded for so long are no longer stranded afterwards.
 */
export function returnSurplus(db: Database, sample: Sample, restMs: number): Promise<bigint> {
  return db.$transaction(async (tx) => {
    const { purse, leasedId, leased, leasedDebited } = await lockOrganization(tx, sample.orgId);
    const unspent = sample.surplus - (leasedDebited - sample.debited);
    const amountNanoUsd = unspent < 0n ? 0n : unspent < leased ? unspent : leased;
    if (amountNanoUsd > 0n) {
      await postTransfers(tx, [
        {
          debitAccount: leasedId,
          creditAccount: purse.availableId,
          amountNanoUsd,
          reason: 'lease_returned',
          description: 'Returned: no longer at the counter store',
        },
      ]);
    }
    await regrantStranded(tx, sample.orgId, restMs);
    await closeSpentLeases(tx, sample.orgId, leased - amountNanoUsd);
    return amountNanoUsd;
  });
}
