import type { AdmissionStore } from '@aggregator/admission';
import { type Actor, installation } from '../audit/write-audit.ts';
import { eachApart } from '../background/each-apart.ts';
import { reclaimCredit } from '../leases/reclaim-leases.ts';
import { readAccounts } from '../ledger/accounts.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';
import { detach, type Pair } from './attach.ts';

export type PayerContext = PaymentContext & { readonly admission: AdmissionStore };

/** Auth is asked again for each pair after so long. */
const confirmEveryMs = 3_600_000;

/**
 * Detaches an organisation. If that cannot end at once, credit that no request holds is taken back from the counter store first: after
 * this no new request is paid by the payer. Returns whether it has ended. Throws `precondition_failed`.
 */
export async function leavePayer(context: PayerContext, pair: Pair, actor: Actor, ifMatch?: string): Promise<boolean> {
  if (await detach(context, pair, actor, ifMatch)) return true;
  const { database, admission } = context;
  const leased = (await readAccounts(database, pair.orgId))?.leased ?? 0n;
  if (leased > 0n) await reclaimCredit(database, admission, pair.orgId, leased);
  return detach(context, pair, actor);
}

/**
 * Continues with organisations that leave, and detaches those whose payer, or which themselves, auth knows no more.
 * @param perStep of each, at most.
 */
export async function tendPayers(context: PayerContext, perStep = 50): Promise<void> {
  const { database, organizations, clock, events } = context;
  const report = ({ orgId }: Pair, error: unknown) => events.taskFailed('payers', error, { orgId });
  // In a random order: some may have to wait for long.
  const leaving = await database.$queryRaw<Pair[]>`
    SELECT org_id AS "orgId", payer_id AS "payerId" FROM paid_organization WHERE state = 'detaching'
    ORDER BY random() LIMIT ${perStep}`;
  await eachApart(leaving, (pair) => leavePayer(context, pair, installation), report);
  const now = clock();
  const unconfirmed = await database.paidOrganization.findMany({
    where: { confirmedAt: { lt: new Date(now.getTime() - confirmEveryMs) } },
    ...{ orderBy: { confirmedAt: 'asc' }, take: perStep },
  });
  await eachApart(
    unconfirmed,
    async ({ orgId, payerId }) => {
      const isKnown = (await organizations.confirm(orgId)) && (await organizations.confirm(payerId));
      if (!isKnown) await leavePayer(context, { orgId, payerId }, installation);
      await database.paidOrganization.updateMany({ where: { orgId }, data: { confirmedAt: now } });
    },
    report,
  );
}
