import type { Transaction } from '../database/open-database.ts';

const hourMs = 3_600_000;
/** Pause after the first, second and third decline in a row; the fourth suspends. Banks count declines against a merchant. */
const pausesMs = [hourMs, 6 * hourMs, 24 * hourMs];

/** A charge of the saved method was declined: the next one waits, longer each time, until none follows. */
export async function noteDecline(tx: Transaction, orgId: string, now: Date): Promise<void> {
  const settings = await tx.automaticTopUp.findUnique({ where: { orgId } });
  if (settings === null || settings.state !== 'active') return;
  const failures = settings.failures + 1;
  const pauseMs = pausesMs[failures - 1];
  const data =
    pauseMs === undefined
      ? { failures, state: 'suspended' }
      : { failures, nextAttemptAt: new Date(now.getTime() + pauseMs) };
  await tx.automaticTopUp.update({ where: { orgId }, data });
}

/** A charge of the saved method succeeded: declines of before count no longer. */
export async function noteSuccess(tx: Transaction, orgId: string, now: Date): Promise<void> {
  await tx.automaticTopUp.updateMany({ where: { orgId }, data: { failures: 0, nextAttemptAt: now } });
}
