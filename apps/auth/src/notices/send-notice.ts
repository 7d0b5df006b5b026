import type { BillingNotice } from '@aggregator/contracts';
import type { AuthContext } from '../auth-context.ts';
import { readPayers } from '../mail/read-recipients.ts';
import { toDollars } from '../mail/to-dollars.ts';
import { announce } from '../webhooks/announce.ts';

/**
 * Queues a notice of billing: a mail to each of those who pay, and an event for the webhooks. A notice that comes again is queued
 * once, as long as its jobs are kept. Does nothing for an organisation that is gone.
 * @throws {AppError} `service_unavailable` if a mail cannot wait: then nothing is queued, and billing sends the notice again.
 */
export async function sendNotice(
  { database, mails, now, sendsMails }: Pick<AuthContext, 'database' | 'mails' | 'now' | 'sendsMails'>,
  { id, organizationId, type, time, language, data }: BillingNotice,
): Promise<void> {
  const at = now();
  await database.$transaction(async (transaction) => {
    const where = { id: organizationId };
    const organization = await transaction.organization.findUnique({ where, select: { name: true } });
    if (organization === null) return;
    const message = { language, notice: type, organizationName: organization.name, facts: toFacts(data) };
    for (const { userId, email: to } of sendsMails ? await readPayers(transaction, organizationId) : []) {
      await mails.enqueue(transaction, at, { ...message, template: 'billing_notice', to }, `${id}:${userId}`);
    }
    await announce(transaction, at, { type, data: { ...data, organizationId } }, { id, time });
  });
}

/** Facts as a mail shows them: `amountNanoUsd` becomes `amount`, in dollars. */
function toFacts(data: BillingNotice['data']): Record<string, string> {
  const facts = Object.entries(data).map(([name, value]) => {
    const text = value === null ? '' : String(value);
    if (!name.endsWith('NanoUsd') || !/^\d{1,19}$/.test(text)) return [name, text];
    return [name.slice(0, -'NanoUsd'.length), toDollars(BigInt(text))];
  });
  return Object.fromEntries(facts);
}
