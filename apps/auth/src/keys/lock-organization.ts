import type { Transaction } from '../database/create-database.ts';

/** Until the transaction ends, no other one changes keys of this organisation: what is counted or read stays true. */
export async function lockOrganization(transaction: Transaction, organizationId: string): Promise<void> {
  await transaction.$queryRaw`SELECT 1 FROM "organization" WHERE "id" = ${organizationId}::uuid FOR NO KEY UPDATE`;
}
