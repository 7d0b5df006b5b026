import { type Database, type Transaction, toJsonRows } from '../database/open-database.ts';
import { lockAccounts, platformAccounts } from './accounts.ts';
import { createOrderedIds } from './ordered-ids.ts';
import { postTransfers } from './post-transfers.ts';
import { writeStatement } from './write-statement.ts';

/**
 * Opens the accounts of organisations that are seen for the first time, and gives them the sign-up credit: once, however
 * many ask at the same moment, since only one of them inserts the row. Answers those it opened.
 * @param orgIds in lower case.
 */
export async function openAccounts(
  db: Database,
  orgIds: readonly string[],
  signUpCreditNanoUsd: bigint,
): Promise<string[]> {
  const asked = [...new Set(orgIds)].sort();
  if (asked.length === 0) return [];
  const known = await db.$queryRaw<{ orgId: string }[]>`
    SELECT org_id AS "orgId" FROM account WHERE org_id = ANY (${asked}::uuid[]) AND kind = 'available'`;
  const knownIds = new Set(known.map(({ orgId }) => orgId));
  const missing = asked.filter((orgId) => !knownIds.has(orgId));
  if (missing.length === 0) return [];
  return db.$transaction(async (tx) => {
    const opened = await insertAccounts(tx, missing);
    if (signUpCreditNanoUsd > 0n && opened.length > 0) await giveCredit(tx, opened, signUpCreditNanoUsd);
    return opened;
  });
}

const organizationKinds = ['available', 'leased', 'held'] as const;

async function insertAccounts(tx: Transaction, orgIds: readonly string[]): Promise<string[]> {
  const ids = createOrderedIds(orgIds.length * organizationKinds.length);
  const rows = orgIds.flatMap((orgId, index) =>
    organizationKinds.map((kind, at) => ({ id: ids[index * organizationKinds.length + at], orgId, kind })),
  );
  const inserted = await tx.$queryRaw<{ orgId: string; kind: string }[]>`
    INSERT INTO account (id, org_id, kind)
    SELECT id, "orgId", kind FROM json_to_recordset(${toJsonRows(rows)}::json) AS row (id uuid, "orgId" uuid, kind text)
    ORDER BY "orgId", kind
    ON CONFLICT (org_id, kind) DO NOTHING
    RETURNING org_id AS "orgId", kind`;
  return inserted.filter(({ kind }) => kind === 'available').map(({ orgId }) => orgId);
}

async function giveCredit(tx: Transaction, orgIds: readonly string[], amountNanoUsd: bigint): Promise<void> {
  const accounts = await lockAccounts(tx, orgIds, [platformAccounts.promo]);
  const ids = createOrderedIds(accounts.size);
  const gifts = [...accounts].map(([orgId, { availableId }], index) => ({ id: ids[index] ?? '', orgId, availableId }));
  const description = 'Sign-up credit';
  await postTransfers(
    tx,
    gifts.map(({ id, availableId }) => ({
      debitAccount: platformAccounts.promo,
      creditAccount: availableId,
      amountNanoUsd,
      reason: 'sign_up_credit',
      description,
      reference: id,
    })),
  );
  await writeStatement(
    tx,
    gifts.map(({ id, orgId }) => ({ id, orgId, type: 'sign_up_credit', amountNanoUsd, description })),
  );
}
