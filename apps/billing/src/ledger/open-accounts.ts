import { AppError } from '@aggregator/contracts';
import { type Database, type Transaction, toJsonRows } from '../database/open-database.ts';
import type { OrganizationDirectory } from '../organizations/directory.ts';
import { lockAccounts, platformAccounts } from './accounts.ts';
import { createOrderedIds } from './ordered-ids.ts';
import { postTransfers } from './post-transfers.ts';
import { writeStatement } from './write-statement.ts';

export const noOrganization = 'No organization has this id.';

export interface OpenAccountsOptions {
  signUpCreditNanoUsd: bigint;
  /** Is asked before accounts are opened. */
  organizations: OrganizationDirectory;
}

/**
 * Opens the accounts of an organisation that is seen for the first time, and gives it the sign-up credit: once, however
 * many ask at the same moment, since only one of them inserts the row. Returns whether it opened them.
 * @param orgId in lower case.
 * @throws {AppError} `not_found` for an organisation that auth does not know; `service_unavailable` if auth does not answer.
 */
export async function openAccounts(db: Database, orgId: string, options: OpenAccountsOptions): Promise<boolean> {
  const known = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM account WHERE org_id = ${orgId}::uuid AND kind = 'available'`;
  if (known.length > 0) return false;
  if (!(await options.organizations.confirm(orgId))) throw new AppError('not_found', { message: noOrganization });
  return db.$transaction(async (tx) => {
    const opened = await insertAccounts(tx, [orgId]);
    if (options.signUpCreditNanoUsd > 0n && opened.length > 0)
      await giveCredit(tx, opened, options.signUpCreditNanoUsd);
    return opened.length > 0;
  });
}

const organizationKinds = ['available', 'leased', 'held'] as const;

/** Opens the account of a kind that few organisations need, unless it is there. Call it before accounts are locked. */
export async function openAccount(
  tx: Transaction,
  orgId: string,
  kind: 'promotional' | 'receivable' | 'credit_line',
): Promise<void> {
  await insertAccounts(tx, [orgId], [kind]);
}

async function insertAccounts(
  tx: Transaction,
  orgIds: readonly string[],
  kinds: readonly string[] = organizationKinds,
): Promise<string[]> {
  const ids = createOrderedIds(orgIds.length * kinds.length);
  const rows = orgIds.flatMap((orgId, index) =>
    kinds.map((kind, at) => ({ id: ids[index * kinds.length + at], orgId, kind })),
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
