import { hourTotals } from '@aggregator/contracts';
import type { InternalClient } from '@aggregator/service-kit';

/** Pages of one hour: two million rows. */
const pagesMax = 1000;

/** Reads from analytics what it counted in an hour, in nano-USD by `<organisation> <model>`. Rejects if it does not answer. */
export function createAnalyticsHours(
  analytics: Pick<InternalClient, 'call'>,
): (hour: Date) => Promise<ReadonlyMap<string, bigint>> {
  return async (hour) => {
    const sums = new Map<string, bigint>();
    let after: string | null = null;
    for (let page = 0; page < pagesMax; page += 1) {
      const query: string = new URLSearchParams({
        hour: hour.toISOString(),
        ...(after !== null && { after }),
      }).toString();
      const answer = await analytics.call({
        method: 'GET',
        path: `/internal/hour-totals?${query}`,
        answer: hourTotals,
      });
      for (const { orgId, model, amountNanoUsd } of answer.rows) sums.set(`${orgId} ${model}`, BigInt(amountNanoUsd));
      if (answer.next === null) return sums;
      after = answer.next;
    }
    throw new Error(`analytics has more than ${pagesMax} pages of ${hour.toISOString()}`);
  };
}
