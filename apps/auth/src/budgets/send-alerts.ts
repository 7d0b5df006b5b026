import type { BudgetSpending } from '@aggregator/contracts';
import type { AuthContext } from '../auth-context.ts';
import type { Transaction } from '../database/create-database.ts';
import { announce } from '../webhooks/announce.ts';

type Parts = Pick<AuthContext, 'database' | 'events' | 'mails' | 'now' | 'sendsMails'>;
type Spending = BudgetSpending['budgets'][number];

const recipientsMax = 20;
const nanoUsdPerCent = 10_000_000n;

/**
 * Sends the alert of a budget whose next percent is reached: a log line, a webhook, and a mail to all who can raise it. Each percent once
 * in a period; of several at once only the highest. End users have too many budgets for that. Rejects if a mail cannot wait:
 * then nothing was noted, and billing reports it again.
 */
export async function sendAlerts(
  { database, events, mails, now, sendsMails }: Parts,
  spending: Spending,
): Promise<void> {
  const { budgetId, organizationId, period, spentNanoUsd } = spending;
  const budget = await database.budget.findFirst({
    where: { id: budgetId, organizationId, level: { not: 'end_user' } },
    include: { organization: { select: { name: true } } },
  });
  if (budget === null) return;
  const spent = BigInt(spentNanoUsd);
  const reached = budget.alertsAt.filter((percent) => spent * 100n >= budget.amount * BigInt(percent));
  const percent = reached.at(-1);
  if (percent === undefined) return;
  const at = now();
  const isNew = await database.$transaction(async (transaction) => {
    const noted = await transaction.budgetAlert.createMany({
      data: reached.map((each) => ({ budgetId, period, percent: each, createdAt: at })),
      skipDuplicates: true,
    });
    if (noted.count === 0) return false;
    const recipients = sendsMails ? await readRecipients(transaction, organizationId) : [];
    for (const to of recipients) {
      await mails.enqueue(transaction, at, {
        ...{ template: 'budget_alert', to, language: 'en', budgetName: budget.name, percent: String(percent), period },
        ...{ organizationName: budget.organization.name, spent: toDollars(spent), amount: toDollars(budget.amount) },
      });
    }
    await announce(transaction, at, {
      type: 'budget.threshold',
      data: { organizationId, budgetId, period, percent, spentNanoUsd, amountNanoUsd: budget.amount.toString() },
    });
    return true;
  });
  if (isNew) events.budgetAlert({ organizationId, budgetId, period, percent, spentNanoUsd });
}

/** Addresses of those who can raise a budget. */
async function readRecipients(transaction: Transaction, organizationId: string): Promise<string[]> {
  const rows = await transaction.membership.findMany({
    where: {
      ...{ organizationId, role: { in: ['owner', 'admin', 'billing'] } },
      user: { blockedAt: null, email: { not: null } },
    },
    select: { user: { select: { email: true } } },
    orderBy: { userId: 'asc' },
    take: recipientsMax,
  });
  return rows.flatMap(({ user: { email } }) => (email === null ? [] : [email]));
}

/** Whole cents, rounded down. */
function toDollars(nanoUsd: bigint): string {
  const cents = nanoUsd / nanoUsdPerCent;
  return `$${cents / 100n}.${(cents % 100n).toString().padStart(2, '0')}`;
}
