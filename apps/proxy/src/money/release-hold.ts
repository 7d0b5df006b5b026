import { setTimeout as wait } from 'node:timers/promises';
import type { AdmissionStore, HoldSettlement } from '@aggregator/admission';
import type { ProxyEvents } from '../events.ts';

const triesMax = 4;
const firstPauseMs = 100;

/**
 * Ends a hold at the counter store, behind the request's back. What fails four times is left to the store, which forgets
 * the hold by itself; the money is then reclaimed from the ledger's lease.
 */
export async function releaseHold(
  { admission, events }: { readonly admission: AdmissionStore; readonly events: ProxyEvents },
  settlement: HoldSettlement,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await admission.settle(settlement);
      return;
    } catch (error) {
      if (tries === triesMax) {
        events.holdNotReleased(settlement.requestId, error);
        return;
      }
    }
    await wait(firstPauseMs * 4 ** (tries - 1));
  }
}
