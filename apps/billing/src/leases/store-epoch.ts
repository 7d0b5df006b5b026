import type { AdmissionStore } from '@aggregator/admission';
import { withDeadline } from '@aggregator/service-kit';
import type { Database } from '../database/open-database.ts';
import type { BillingEvents } from '../events.ts';
import { strandLeases } from './lease-rows.ts';

/** No call of the counter store may take longer. */
export const storeDeadlineMs = 2000;

/** Knows which epoch of the counter store the open leases belong to. */
export interface StoreEpoch {
  /**
   * The store's present epoch. Where it is a new one, the store has lost its data, and with it the credit of every lease
   * made before: those are marked stranded before this answers. Rejects where the store does not answer.
   */
  check(): Promise<string>;
}

export function createStoreEpoch(db: Database, admission: AdmissionStore, events: BillingEvents): StoreEpoch {
  let known: string | undefined;
  return {
    async check() {
      const epoch = await withDeadline(admission.readEpoch(), storeDeadlineMs, 'reading the counter store’s epoch');
      if (epoch === known) return epoch;
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
