import { createMemoryAdmissionStore } from '../memory/memory-store.ts';
import type { AdmissionStore, RateLimit, RateVerdict } from '../port.ts';
import { StoreWatch } from './store-watch.ts';

export interface ShelteredRatesOptions {
  primary: Pick<AdmissionStore, 'takeRate' | 'readEpoch'>;
  /** Most processes that share the limits; while the counter store is away each keeps to its part of them. */
  sharedBy: number;
  /** Called when the counter store goes away, with the reason, and when it is back. */
  onChange(isAway: boolean, error: unknown): void;
}

/** Limits of rate, wherever the counter store is. */
export interface ShelteredRates {
  takeRate(limit: RateLimit): Promise<RateVerdict>;
  close(): Promise<void>;
}

/**
 * Limits of rate at a counter store that may go away: until it is back they are counted here, each process for its part (I14).
 * Only those who come before it is known to be away wait for it.
 */
export function createShelteredRates({ primary, sharedBy, onChange }: ShelteredRatesOptions): ShelteredRates {
  const local = createMemoryAdmissionStore();
  const watch = new StoreWatch({ probe: () => primary.readEpoch(), onChange });
  return {
    takeRate: (limit) => takeShelteredRate({ primary, local, watch, sharedBy }, limit),
    async close() {
      watch.close();
      await local.close();
    },
  };
}

/** One step at the counter store, or here while it is away. */
export async function takeShelteredRate(
  parts: {
    primary: Pick<AdmissionStore, 'takeRate'>;
    local: Pick<AdmissionStore, 'takeRate'>;
    watch: StoreWatch;
    sharedBy: number;
  },
  limit: RateLimit,
): Promise<RateVerdict> {
  if (!parts.watch.isAway) {
    try {
      return await parts.primary.takeRate(limit);
    } catch (error) {
      if (error instanceof RangeError) throw error;
      parts.watch.leave(error);
    }
  }
  return parts.local.takeRate(toShare(limit, parts.sharedBy));
}

/** The part of a limit that one of so many processes keeps to. */
export function toShare(limit: RateLimit, sharedBy: number): RateLimit {
  const ratePerMinute = shareOf(limit.ratePerMinute, sharedBy);
  // What the part alone could never admit takes all of the part.
  return { ...limit, ratePerMinute, cost: Math.min(limit.cost, ratePerMinute) };
}

export function shareOf(limit: number, sharedBy: number): number {
  return Math.max(1, Math.floor(limit / sharedBy));
}
