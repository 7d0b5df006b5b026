import { requireMatch } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import { noMethod } from './apply-method.ts';
import type { PaymentContext } from './payment-desk.ts';
import { readMethod } from './read-method.ts';

/**
 * Forgets the saved method of an organisation, at the provider first: one that is gone here could not be removed there. A method that
 * is saved meanwhile stays. Throws `precondition_failed`.
 */
export async function removeMethod(
  context: PaymentContext,
  orgId: string,
  actor: Actor,
  ifMatch: string | undefined,
): Promise<void> {
  const { database, paymentProviders, clock } = context;
  const rows = await database.paymentCustomer.findMany({ where: { orgId, methodReference: { not: null } } });
  await requireMatch(ifMatch, () => (rows.length === 0 ? null : readMethod(database, orgId)));
  for (const { provider, methodReference } of rows) {
    if (methodReference !== null) await paymentProviders.get(provider)?.removeMethod(methodReference);
    await database.$transaction(async (tx) => {
      await tx.paymentCustomer.updateMany({ where: { orgId, provider, methodReference }, data: noMethod });
      await writeAudit(tx, clock(), actor, {
        ...{ organizationId: orgId, action: 'payment_method_removed' },
        ...{ subjectType: 'organization', subjectId: orgId, details: { provider } },
      });
    });
  }
}
