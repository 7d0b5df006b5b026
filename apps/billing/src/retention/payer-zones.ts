import type { Connection } from '@aggregator/database';
import { type Clock, clockOf } from '../invoices/month-bounds.ts';

const dayMs = 86_400_000;

/** From an instant on, the clocks of a zone are so many seconds ahead of UTC. */
export interface ZoneShift {
  readonly since: Date;
  readonly seconds: number;
}

/**
 * Writes the time zones in the profiles of those who pay, and the shifts of their clocks from `from` until now, to temporary
 * tables. Invoices count days by the zones of the runtime, and the database knows others by some names: so the runtime gives the
 * shifts. A name that it does not know counts as UTC: a profile stops no compaction.
 */
export async function writePayerZones(client: Connection, from: Date): Promise<void> {
  await client.query(`
    CREATE TEMPORARY TABLE payer_zones ON COMMIT DROP AS
    SELECT org_id, body->>'timeZone' AS zone FROM billing_profile WHERE body->>'timeZone' IS NOT NULL;
    ALTER TABLE payer_zones ADD PRIMARY KEY (org_id);
    CREATE TEMPORARY TABLE zone_shifts (zone text, since timestamptz, shift interval, PRIMARY KEY (zone, since)) ON COMMIT DROP`);
  const { rows } = await client.query<{ zone: string; now: Date }>(
    'SELECT DISTINCT zone, statement_timestamp() AS now FROM payer_zones',
  );
  for (const { zone, now } of rows) {
    const shifts = listShifts(zone, new Date(from.getTime() - dayMs), new Date(now.getTime() + dayMs));
    // The first shift counts for all that is earlier.
    const since = shifts.map((shift, index) => (index === 0 ? '-infinity' : shift.since.toISOString()));
    await client.query(
      `INSERT INTO zone_shifts SELECT $1, since, make_interval(secs => seconds)
       FROM unnest($2::timestamptz[], $3::integer[]) AS shift (since, seconds)`,
      [zone, since, shifts.map(({ seconds }) => seconds)],
    );
  }
}

/** Returns the shifts of a zone's clocks between two instants, the first at `from`. A zone that is not known has one of zero. */
export function listShifts(zone: string, from: Date, to: Date): readonly ZoneShift[] {
  const clock = findClock(zone);
  const secondsAt = (ms: number) => (clock(new Date(ms)) - Math.floor(ms / 1000) * 1000) / 1000;
  const shifts = [{ since: from, seconds: secondsAt(from.getTime()) }];
  for (let start = from.getTime(); start < to.getTime(); start += dayMs) {
    const before = secondsAt(start);
    const after = secondsAt(start + dayMs);
    if (before === after) continue;
    let [low, high] = [Math.floor(start / 1000), Math.floor((start + dayMs) / 1000)];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (secondsAt(middle * 1000) === before) low = middle;
      else high = middle;
    }
    shifts.push({ since: new Date(high * 1000), seconds: after });
  }
  return shifts;
}

function findClock(zone: string): Clock {
  try {
    return clockOf(zone);
  } catch {
    return (instant) => Math.floor(instant.getTime() / 1000) * 1000;
  }
}
