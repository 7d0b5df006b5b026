import { eachApart } from '../background/each-apart.ts';
import type { WatchContext } from './watch-balances.ts';
import { raise } from './write-notice.ts';

const perStep = 200;
const aheadMs = 30 * 86_400_000;

/** Warns of a saved card that expires within 30 days, once for each card and expiry. A card is valid until the end of its month. */
export async function watchCards({ database, events, clock }: WatchContext): Promise<void> {
  const now = clock();
  const cards = await database.$queryRaw<{ orgId: string; brand: string; lastDigits: string; expires: string }[]>`
    SELECT org_id AS "orgId", brand, last_digits AS "lastDigits", expires FROM (
      SELECT *, lpad(expiry_year::text, 4, '0') || '-' || lpad(expiry_month::text, 2, '0') AS expires FROM payment_customer
      WHERE method_reference IS NOT NULL AND expiry_month IS NOT NULL AND expiry_year IS NOT NULL
        AND make_timestamptz(expiry_year, expiry_month, 1, 0, 0, 0, 'UTC') + interval '1 month'
          <= ${new Date(now.getTime() + aheadMs)}::timestamptz
    ) AS card
    WHERE NOT EXISTS (SELECT FROM raised_warning WHERE raised_warning.org_id = card.org_id
      AND type = 'card.expiring' AND key = last_digits || ' ' || expires)
    ORDER BY random() LIMIT ${perStep}`;
  await eachApart(
    cards,
    ({ orgId, ...data }) => {
      const key = `${data.lastDigits} ${data.expires}`;
      return database.$transaction((tx) => raise(tx, now, { orgId, type: 'card.expiring', data }, key));
    },
    ({ orgId }, error) => events.taskFailed('warnings', error, { orgId }),
  );
}
