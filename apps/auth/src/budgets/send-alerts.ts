import type { BudgetSpending } from '@aggregator/contracts';
import type { AuthContext } from '../auth-context.ts';
import { readPayers } from '../mail/read-recipients.ts';
import { toDollars } from '../mail/to-dollars.ts';
import { announce } from '../webhooks/announce.ts';

type Parts = Pick<AuthContext, 'database' | 'events' | 'mails' | 'now' | 'sendsMails'>;
type Spending = BudgetSpending['budgets'][number];

/**
 * Sends the alert of a budget whose next percent is reached: a log line, a webhook, and a mail to all who can raise it. Each percent once
 * in a period; of several at once only the highest. End users have too many budgets for that. Rejects if a mail cannot wait:
 * then nothing was noted, and billing reports it again.
 */
export async function sendAlerts(
  { database, events, mails, now, sendsMails }: Parts,
  spending: Spending,
): Promise<void> {
  const { budgetId, organizationId, period, spentNanoUsd, language } = spending;
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
    const recipients = sendsMails ? await readPayers(transaction, organizationId) : [];
    for (const { email: to } of recipients) {
      await mails.enqueue(transaction, at, {
        ...{ template: 'budget_alert', to, language, budgetName: budget.name, percent: String(percent), period },
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
