import { formatNanoUsd } from '@aggregator/pricing';
import type { Database } from '../../database/open-database.ts';
import { sumBooked } from '../../provider-costs/sum-booked.ts';
import { timeOfId } from '../../retention/months.ts';
import type { Check, Found } from '../check.ts';

/** Five dollars. */
const differenceNanoUsdMax = 5_000_000_000n;
/** Half a percent. */
const differencePerMilleMax = 5n;
/** Below a cent a report is rounded. */
const roundingNanoUsd = 10_000_000n;
const daysMax = 62;
const dayMs = 86_400_000;

/**
 * R3: what we booked as cost of a day at a provider = what the provider says, within half a percent and five dollars. It stops no
 * invoice: no customer pays by it. It compares days that were imported in the last week, and whose requests
 * are kept one by one.
 */
export function createProviderCostsCheck(database: Database, clock: () => Date): Check {
  return {
    ...{ kind: 'costs', intervalMs: dayMs },
    async run() {
      const closed = await database.compactedMonth.findFirst({ orderBy: { month: 'desc' }, select: { toId: true } });
      const days = await database.providerCost.findMany({
        where: {
          importedAt: { gt: new Date(clock().getTime() - 7 * dayMs) },
          ...(closed !== null && { day: { gte: timeOfId(closed.toId) } }),
        },
        ...{ orderBy: [{ day: 'desc' }, { provider: 'asc' }], take: daysMax },
      });
      const found: Found[] = [];
      for (const { provider, day, cost } of days) {
        const sum = await sumBooked(database, provider, day);
        if (!isBeyond(sum, cost)) continue;
        const date = day.toISOString().slice(0, 10);
        found.push({
          ...{ orgId: null, subject: `${provider} ${date}: booked ${sum}, reported ${cost}` },
          details: { provider, day: date, bookedNanoUsd: formatNanoUsd(sum), reportedNanoUsd: formatNanoUsd(cost) },
        });
      }
      return { found, facts: { days: `${days.length}` } };
    },
  };
}

/** True if the two differ by more than five dollars, or by more than half a percent of what was booked and a cent. */
export function isBeyond(booked: bigint, reported: bigint): boolean {
  const difference = booked > reported ? booked - reported : reported - booked;
  if (difference > differenceNanoUsdMax) return true;
  return difference > roundingNanoUsd && difference * 1000n > booked * differencePerMilleMax;
}
