import { type Actor, writeAudit } from '../audit/write-audit.ts';
import { noMethod } from './apply-method.ts';
import type { PaymentContext } from './payment-desk.ts';

/** Forgets the saved method of an organisation, at the provider first: one that is gone here could not be removed there. */
export async function removeMethod(context: PaymentContext, orgId: string, actor: Actor): Promise<void> {
  const { database, paymentProviders, clock } = context;
  const rows = await database.paymentCustomer.findMany({ where: { orgId, methodReference: { not: null } } });
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
