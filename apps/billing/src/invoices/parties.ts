import { type BillingProfile, billingProfile, type LegalEntity, legalEntity } from '@aggregator/contracts';
import { requireMatch } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Database, Transaction } from '../database/open-database.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';

/** Saves who pays. Documents that were issued stay as they are. Throws `precondition_failed`. */
export async function putBillingProfile(
  { database, clock }: PaymentContext,
  orgId: string,
  body: BillingProfile,
  actor: Actor,
  ifMatch: string | undefined,
): Promise<void> {
  await database.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT org_id FROM billing_profile WHERE org_id = ${orgId}::uuid FOR UPDATE`;
    await requireMatch(ifMatch, () => readBillingProfile(tx, orgId));
    await tx.billingProfile.upsert({ where: { orgId }, create: { orgId, body }, update: { body } });
    await writeAudit(tx, clock(), actor, {
      ...{ organizationId: orgId, action: 'billing_profile_saved', subjectType: 'organization', subjectId: orgId },
      details: { timeZone: body.timeZone },
    });
  });
}

/** Returns the answer of `GET /v1/billing/profile`; null if nothing was saved. */
export async function readBillingProfile(
  database: Database | Transaction,
  orgId: string,
): Promise<{ profile: BillingProfile } | null> {
  const row = await database.billingProfile.findUnique({ where: { orgId } });
  return row && { profile: billingProfile.parse(row.body) };
}

/** Saves the seller. Invoice numbers continue from the last one. Throws `precondition_failed`. */
export async function putLegalEntity(
  { database, clock }: PaymentContext,
  body: LegalEntity,
  actor: Actor,
  ifMatch: string | undefined,
): Promise<void> {
  await database.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM legal_entity WHERE id = 1 FOR UPDATE`;
    await requireMatch(ifMatch, () => readLegalEntity(tx));
    await tx.legalEntity.upsert({ where: { id: 1 }, create: { body }, update: { body } });
    await writeAudit(tx, clock(), actor, {
      ...{ organizationId: null, action: 'legal_entity_saved', subjectType: 'legal_entity', subjectId: '1' },
      details: { name: body.name, numberPrefix: body.numberPrefix, taxPpm: body.taxPpm },
    });
  });
}

/** Returns the answer of `GET /v1/billing/legal-entity`; null if nothing was saved. */
export async function readLegalEntity(database: Database | Transaction): Promise<{ legalEntity: LegalEntity } | null> {
  const row = await database.legalEntity.findUnique({ where: { id: 1 } });
  return row && { legalEntity: legalEntity.parse(row.body) };
}
