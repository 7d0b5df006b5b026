import { createHash } from 'node:crypto';
import { AppError, type CreateTransactionRequest, type Transaction } from '@aggregator/contracts';
import { isUniqueViolation } from '@aggregator/database';
import { parseNanoUsd } from '@aggregator/pricing';
import { createUuidV7 } from '@aggregator/service-kit';
import { type Actor, installation, writeAudit } from '../audit/write-audit.ts';
import { isDataError } from '../database/classify-error.ts';
import type { Database, Transaction as DatabaseTransaction } from '../database/open-database.ts';
import { lockOrganization, platformAccounts } from '../ledger/accounts.ts';
import { noOrganization, type OpenAccountsOptions, openAccounts } from '../ledger/open-accounts.ts';
import { GuardError, type NewTransfer, postTransfers } from '../ledger/post-transfers.ts';
import { writeStatement } from '../ledger/write-statement.ts';
import { type StatementRow, toTransaction } from './statement-row.ts';

export interface CreateTransactionOptions extends OpenAccountsOptions {
  /** The organisation of the caller: idempotency keys belong to it. */
  actorOrgId: string;
  /** Who asks, as the audit names it; the installation itself where absent. */
  actor?: Actor;
}

/** Ten million dollars. */
const amountNanoUsdMax = 10_000_000_000_000_000n;

/**
 * Posts a top-up or an adjustment, once for each idempotency key: the same request again answers what was posted then.
 * @throws {AppError} `invalid_amount`; `conflict` where the key was used for something else; `not_found` for an organisation
 *   that auth does not know. Money can be taken out of its accounts all the same, if it has any from before.
 */
export async function createTransaction(
  db: Database,
  request: CreateTransactionRequest,
  options: CreateTransactionOptions,
): Promise<{ transaction: Transaction; isNew: boolean }> {
  const amountNanoUsd = checkAmount(request);
  const orgId = request.organizationId.toLowerCase();
  if (amountNanoUsd > 0n && !(await options.organizations.confirm(orgId))) {
    throw new AppError('not_found', { param: 'organizationId', message: noOrganization });
  }
  await openAccounts(db, orgId, options);
  try {
    return await db.$transaction((tx) => postOnce(tx, { ...request, organizationId: orgId }, amountNanoUsd, options));
  } catch (error) {
    if (error instanceof GuardError) {
      throw new AppError('invalid_amount', {
        message: 'The adjustment would take the balance below zero.',
        cause: error,
      });
    }
    // The twin of another organisation was faster.
    if (isUniqueViolation(error)) throw new AppError('conflict', { cause: error });
    if (isDataError(error)) throw new AppError('invalid_amount', { cause: error });
    throw error;
  }
}

function checkAmount({ type, amountNanoUsd }: CreateTransactionRequest): bigint {
  const amount = parseNanoUsd(amountNanoUsd);
  const isWithinLimit = amount !== 0n && amount <= amountNanoUsdMax && amount >= -amountNanoUsdMax;
  if (!isWithinLimit || (type === 'top_up' && amount < 0n)) {
    throw new AppError('invalid_amount', { param: 'amountNanoUsd' });
  }
  return amount;
}

async function postOnce(
  tx: DatabaseTransaction,
  request: CreateTransactionRequest,
  amountNanoUsd: bigint,
  { actorOrgId, actor = installation }: CreateTransactionOptions,
): Promise<{ transaction: Transaction; isNew: boolean }> {
  const { organizationId: orgId, type, description, idempotencyKey } = request;
  const counter = type === 'top_up' ? platformAccounts.cashClearing : platformAccounts.promo;
  // The lock makes twins of one request wait for one another; the second then finds what the first has written.
  const { availableId } = await lockOrganization(tx, orgId, [counter]);
  const bodyHash = hashRequest(request, amountNanoUsd);
  const before = await findByKey(tx, actorOrgId, idempotencyKey);
  if (before !== undefined) {
    if (before.bodyHash !== bodyHash) {
      throw new AppError('conflict', { message: 'This idempotencyKey was used for another transaction.' });
    }
    return { transaction: toTransaction(before), isNew: false };
  }
  const id = createUuidV7();
  await postTransfers(tx, [toTransfer(amountNanoUsd, { availableId, counter, type, description, id })]);
  await writeStatement(tx, [{ id, orgId, type, amountNanoUsd, description, actorOrgId, idempotencyKey, bodyHash }]);
  const written = await findByKey(tx, actorOrgId, idempotencyKey);
  await writeAudit(tx, new Date(), actor, {
    organizationId: orgId,
    action: `${type}_posted`,
    subjectType: 'transaction',
    subjectId: id,
    details: { amountNanoUsd: amountNanoUsd.toString(), actorOrgId },
  });
  if (written === undefined) throw new Error('a statement line vanished');
  return { transaction: toTransaction(written), isNew: true };
}

function toTransfer(
  amountNanoUsd: bigint,
  facts: {
    availableId: string;
    counter: string;
    type: CreateTransactionRequest['type'];
    description: string;
    id: string;
  },
): NewTransfer {
  const { availableId, counter, type: reason, description, id: reference } = facts;
  const sides =
    amountNanoUsd > 0n
      ? { debitAccount: counter, creditAccount: availableId, amountNanoUsd }
      : { debitAccount: availableId, creditAccount: counter, amountNanoUsd: -amountNanoUsd };
  return { ...sides, reason, description, reference };
}

function hashRequest({ organizationId, type, description }: CreateTransactionRequest, amountNanoUsd: bigint): string {
  const facts = [organizationId, type, amountNanoUsd.toString(), description];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex');
}

async function findByKey(tx: DatabaseTransaction, actorOrgId: string, idempotencyKey: string) {
  const rows = await tx.$queryRaw<(StatementRow & { bodyHash: string })[]>`
    SELECT id, time, type, amount, request_id AS "requestId", description, encode(body_hash, 'hex') AS "bodyHash"
    FROM statement_line
    -- Of no request: months of requests are not read.
    WHERE actor_org_id = ${actorOrgId}::uuid AND idempotency_key = ${idempotencyKey} AND request_id IS NULL`;
  return rows[0];
}
