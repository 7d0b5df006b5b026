import type { PaymentProvider } from '@aggregator/payments';
import { eachApart } from '../background/each-apart.ts';
import type { Database, Transaction } from '../database/open-database.ts';
import type { Payment } from '../generated/prisma/client.ts';
import { defaultProvider, type PaymentContext } from '../payments/payment-desk.ts';
import { sendCharge, writeCharge } from './charge-saved-method.ts';

const perStep = 50;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** An automatic charge counts in the limits of a month, and as under way, for so long. */
const underWayMaxMs = 30 * dayMs;

/**
 * Charges saved methods of organisations whose balance is below their threshold. Also asks again for lost answers. The settings of a
 * deleted organisation are deleted.
 */
export async function runAutomaticTopUps(context: PaymentContext): Promise<void> {
  const provider = defaultProvider(context);
  if (provider === undefined) return;
  const { database, events, clock } = context;
  const report = (orgId: string, error: unknown) => events.taskFailed('automatic_top_ups', error, { orgId });
  const unanswered = await database.$queryRaw<{ id: string; orgId: string }[]>`
    SELECT id, org_id AS "orgId" FROM payment
    WHERE kind = 'automatic' AND status = 'created' AND provider = ${provider.name} ORDER BY random() LIMIT ${perStep}`;
  await eachApart(
    unanswered,
    async ({ id }) => sendCharge(context, provider, await database.payment.findUniqueOrThrow({ where: { id } })),
    ({ orgId }, error) => report(orgId, error),
  );
  await eachApart(
    await findDue(database, clock()),
    async (orgId) => {
      if (!(await context.organizations.confirm(orgId))) {
        await database.automaticTopUp.deleteMany({ where: { orgId } });
        return;
      }
      const payment = await database.$transaction((tx) => writeIntent(context, tx, provider, orgId));
      if (payment !== null) await sendCharge(context, provider, payment);
    },
    report,
  );
}

/**
 * Organisations whose balance is below their threshold now, that owe nothing and have no automatic charge under way; `orgId`: of this
 * one alone. An organisation that another one pays for is left out.
 */
async function findDue(database: Database | Transaction, now: Date, orgId: string | null = null): Promise<string[]> {
  const rows = await database.$queryRaw<{ orgId: string }[]>`
    SELECT settings.org_id AS "orgId" FROM automatic_top_up AS settings
    JOIN account ON coalesce(payer_id, account.org_id) = settings.org_id AND kind IN ('available', 'leased', 'held', 'promotional')
    WHERE state = 'active' AND next_attempt_at <= ${now}::timestamptz
      AND (${orgId}::uuid IS NULL OR settings.org_id = ${orgId}::uuid)
      AND NOT EXISTS (
        SELECT FROM account AS owing WHERE owing.org_id = settings.org_id AND owing.kind = 'receivable' AND owing.balance < 0)
      AND NOT EXISTS (SELECT FROM paid_organization AS paid WHERE paid.org_id = settings.org_id AND paid.state <> 'asked')
      AND NOT EXISTS (
        SELECT FROM payment WHERE payment.org_id = settings.org_id AND payment.kind = 'automatic'
          AND payment.status IN ('created', 'processing') AND created_at > ${new Date(now.getTime() - underWayMaxMs)}::timestamptz)
    GROUP BY settings.org_id, threshold HAVING sum(balance) < threshold
    ORDER BY random() LIMIT ${perStep}`;
  return rows.map(({ orgId }) => orgId);
}

/**
 * Writes down what will be charged; null if nothing may be: one is under way, a limit is reached, a dispute is open, or money has
 * come since the organisation was found.
 */
async function writeIntent(
  context: PaymentContext,
  tx: Transaction,
  provider: PaymentProvider,
  orgId: string,
): Promise<Payment | null> {
  const { clock, events } = context;
  await tx.$queryRaw`SELECT org_id FROM automatic_top_up WHERE org_id = ${orgId}::uuid FOR UPDATE`;
  const settings = await tx.automaticTopUp.findUnique({ where: { orgId } });
  const now = clock();
  if (settings === null || (await findDue(tx, now, orgId)).length === 0) return null;
  const [used] = await tx.$queryRaw<{ day: bigint; month: bigint }[]>`
    SELECT coalesce(sum(amount) FILTER (WHERE created_at > ${new Date(now.getTime() - dayMs)}::timestamptz), 0)::bigint AS day,
      coalesce(sum(amount), 0)::bigint AS month
    FROM payment WHERE org_id = ${orgId}::uuid AND kind = 'automatic' AND status NOT IN ('failed', 'expired')
      AND created_at > ${new Date(now.getTime() - underWayMaxMs)}::timestamptz`;
  if (used === undefined) return null;
  const isBeyond = used.day + settings.amount > settings.dayMax || used.month + settings.amount > settings.monthMax;
  if (isBeyond) {
    events.automaticTopUpLimited({ orgId });
    await tx.automaticTopUp.update({ where: { orgId }, data: { nextAttemptAt: new Date(now.getTime() + hourMs) } });
    return null;
  }
  return writeCharge(context, tx, provider, orgId, { amount: settings.amount });
}
