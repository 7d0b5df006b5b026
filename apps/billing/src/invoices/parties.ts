import type { BillingProfile, LegalEntity } from '@aggregator/contracts';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';

/** Saves who pays. Documents that were issued stay as they are. */
export async function putBillingProfile(
  { database, clock }: PaymentContext,
  orgId: string,
  body: BillingProfile,
  actor: Actor,
): Promise<void> {
  await database.$transaction(async (tx) => {
    await tx.billingProfile.upsert({ where: { orgId }, create: { orgId, body }, update: { body } });
    await writeAudit(tx, clock(), actor, {
      ...{ organizationId: orgId, action: 'billing_profile_saved', subjectType: 'organization', subjectId: orgId },
      details: { timeZone: body.timeZone },
    });
  });
}

/** Saves the seller. Invoice numbers continue from the last one. */
export async function putLegalEntity(
  { database, clock }: PaymentContext,
  body: LegalEntity,
  actor: Actor,
): Promise<void> {
  await database.$transaction(async (tx) => {
    await tx.legalEntity.upsert({ where: { id: 1 }, create: { body }, update: { body } });
    await writeAudit(tx, clock(), actor, {
      ...{ organizationId: null, action: 'legal_entity_saved', subjectType: 'legal_entity', subjectId: '1' },
      details: { name: body.name, numberPrefix: body.numberPrefix, taxPpm: body.taxPpm },
    });
  });
}
