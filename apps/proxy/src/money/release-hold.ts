import { setTimeout as wait } from 'node:timers/promises';
import type { AdmissionStore, HoldSettlement } from '@aggregator/admission';
import { pauseAfter } from '@aggregator/resilience';
import type { ProxyEvents } from '../events.ts';

const triesMax = 4;
const backOff = { firstMs: 100, longestMs: 1600, factor: 4 };

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
    await wait(pauseAfter(tries, backOff));
  }
}
