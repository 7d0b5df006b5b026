import type { AdmissionStore } from '@aggregator/admission';
import { withDeadline } from '@aggregator/service-kit';
import { emptyBudgets } from '../budgets/empty-budgets.ts';
import type { Database } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import { strandLeases } from './lease-rows.ts';

/** No call of the counter store may take longer. */
export const storeDeadlineMs = 2000;

/** Knows which epoch of the counter store the open leases belong to. */
export interface StoreEpoch {
  /**
   * The store's present epoch. Where it is a new one, the store has lost data, and with it the credit of every lease made
   * before. What it still has of that credit may have been spent already, so it is taken away; the leases are marked
   * stranded. Both before this answers. Rejects where the store does not answer.
   */
  check(): Promise<string>;
}

export function createStoreEpoch(db: Database, admission: AdmissionStore, events: BillingEvents): StoreEpoch {
  let known: string | undefined;
  return {
    async check() {
      const epoch = await withDeadline(admission.readEpoch(), storeDeadlineMs, 'reading the counter store’s epoch');
      if (epoch === known) return epoch;
      await withdrawCredit(db, admission, epoch);
      if (known !== undefined || (await isOtherEpoch(db, epoch))) await emptyBudgets(db, admission);
      const stranded = await db.$transaction(async (tx) => {
        await tx.$executeRaw`
          INSERT INTO store_epoch (id, epoch) VALUES (1, ${epoch})
          ON CONFLICT (id) DO UPDATE SET epoch = EXCLUDED.epoch, changed_at = now()
          WHERE store_epoch.epoch <> EXCLUDED.epoch`;
        return strandLeases(tx, epoch);
      });
      known = epoch;
      if (stranded > 0) events.leasesStranded({ epoch, leases: stranded });
      return epoch;
    },
  };
}

/** True if billing has seen another epoch before. */
async function isOtherEpoch(db: Database, epoch: string): Promise<boolean> {
  const [row] = await db.$queryRaw<{ epoch: string }[]>`SELECT epoch FROM store_epoch`;
  return row !== undefined && row.epoch !== epoch;
}

const pageMax = 500;
const atOnceMax = 16;

/**
 * Takes away all credit of organisations with an open lease of an earlier epoch: a replica that lagged knows nothing of what
 * was spent last. Credit that was granted meanwhile goes too; the ledger returns it like everything that is not at the store.
 */
async function withdrawCredit(db: Database, admission: AdmissionStore, epoch: string): Promise<void> {
  for (let cursor = '00000000-0000-0000-0000-000000000000'; ; ) {
    const page = await db.$queryRaw<{ orgId: string }[]>`
      SELECT DISTINCT org_id AS "orgId" FROM lease
      WHERE status IN ('pending', 'granted') AND epoch <> ${epoch} AND org_id > ${cursor}::uuid ORDER BY org_id LIMIT ${pageMax}`;
    for (let at = 0; at < page.length; at += atOnceMax) {
      const withdrawn = page.slice(at, at + atOnceMax).map(async ({ orgId }) => {
        const { creditNanoUsd } = await admission.readCredit(orgId);
        if (creditNanoUsd > 0n) await admission.reclaimCredit({ orgId, maxNanoUsd: creditNanoUsd });
      });
      await withDeadline(Promise.all(withdrawn), storeDeadlineMs, 'withdrawing credit of an earlier epoch');
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageMax) return;
    cursor = last.orgId;
  }
}
