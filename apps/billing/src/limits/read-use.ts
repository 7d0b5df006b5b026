import { type AdmissionStore, nameLimit, type RateVerdict, toLimitSubjects } from '@aggregator/admission';
import type { LimitStatus, LimitUse, ShownLimit } from '@aggregator/contracts';
import { withDeadline } from '@aggregator/service-kit';
import { storeDeadlineMs } from '../leases/store-epoch.ts';

type Store = Pick<AdmissionStore, 'takeRates' | 'countSlots'>;

/** Returns limits of an organisation with what the counter store has counted of each by now. Nothing is taken. */
export async function readUse(
  admission: Store,
  orgId: string,
  limits: readonly ShownLimit[],
  nowMs: number,
): Promise<LimitStatus[]> {
  return Promise.all(
    limits.map(async (limit) => {
      const reading = readOne(admission, orgId, limit, nowMs);
      // The limits themselves are known all the same.
      const use = await withDeadline(reading, storeDeadlineMs, 'reading the use of a limit').catch(() => null);
      return { ...limit, use };
    }),
  );
}

async function readOne(
  admission: Store,
  orgId: string,
  limit: ShownLimit,
  nowMs: number,
): Promise<NonNullable<LimitStatus['use']>> {
  const { rates, concurrency, tokensSubject } = toLimitSubjects(nameLimit(limit), limit);
  const free = rates.map((rate) => ({ ...rate, cost: 0 }));
  const [answer, open] = await Promise.all([
    free.length === 0 ? { rates: [] } : admission.takeRates({ orgId, rates: free }),
    concurrency.length === 0
      ? []
      : admission.countSlots({ orgId, subjects: concurrency.map(({ subject }) => subject) }),
  ]);
  const tokens = answer.rates.find(({ subject }) => subject === tokensSubject);
  const requests = answer.rates.find(({ subject }) => subject !== tokensSubject);
  return {
    requestsPerMinute: requests === undefined ? null : toUse(requests, nowMs),
    tokensPerMinute: tokens === undefined ? null : toUse(tokens, nowMs),
    concurrentRequests: toSlotUse(concurrency[0]?.max, open[0] ?? 0),
  };
}

function toUse({ limit, remaining, resetMs }: RateVerdict, nowMs: number): LimitUse {
  const resetsAt = resetMs === 0 ? null : new Date(nowMs + resetMs).toISOString();
  return { limit, used: limit - remaining, remaining, resetsAt };
}

/** More requests than the limit are open for a while after it was lowered. */
function toSlotUse(limit: number | undefined, open: number): LimitUse | null {
  if (limit === undefined) return null;
  const used = Math.min(open, limit);
  return { limit, used, remaining: limit - used, resetsAt: null };
}
