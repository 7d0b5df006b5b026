import type { Database } from '../database/open-database.ts';
import { type Month, monthOf } from './month-bounds.ts';

/** Returns a month, `2026-11`, by the time zone of the organisation's profile. */
export async function readMonth(database: Database, orgId: string, period: string): Promise<Month> {
  // The middle of the month is in it by the clocks of each zone.
  return monthOf(new Date(`${period}-15T12:00:00Z`), await readTimeZone(database, orgId));
}

/** Returns the month before the present one, by the same time zone. */
export async function monthBefore(database: Database, orgId: string, now: Date): Promise<Month> {
  const timeZone = await readTimeZone(database, orgId);
  return monthOf(new Date(monthOf(now, timeZone).from.getTime() - 1), timeZone);
}

async function readTimeZone(database: Database, orgId: string): Promise<string> {
  const [profile] = await database.$queryRaw<{ timeZone: string | null }[]>`
    SELECT body->>'timeZone' AS "timeZone" FROM billing_profile WHERE org_id = ${orgId}::uuid`;
  return profile?.timeZone ?? 'UTC';
}
