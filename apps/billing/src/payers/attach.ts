import { AppError } from '@aggregator/contracts';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/open-database.ts';
import { lockAccounts, lockPayers, type OrganizationAccounts } from '../ledger/accounts.ts';
import { openAccounts } from '../ledger/open-accounts.ts';
import { postTransfers } from '../ledger/post-transfers.ts';
import type { PaymentContext } from '../payments/payment-desk.ts';
import { requirePayerMatch } from './ask-payer.ts';

const conflict = (message: string) => new AppError('conflict', { message });

/** Both sides of the agreement. */
export interface Pair {
  orgId: string;
  payerId: string;
}

/**
 * Lets `payerId` pay for `orgId` from now on. What is leased or held for open requests changes its owner too: the payer buys it from the
 * organisation's own balance, which stays as it is and rests. A repeat changes nothing.
 * @param agreed true if the organisation must have asked this payer.
 * @throws {AppError} `not_found` if one of them does not exist, or has not asked; `conflict` with the reason.
 */
export async function attach(context: PaymentContext, pair: Pair, actor: Actor, agreed: boolean): Promise<void> {
  const { database, organizations, config, clock } = context;
  const { orgId, payerId } = pair;
  if (orgId === payerId) throw new AppError('invalid_value', { message: 'An organization pays for itself already.' });
  for (const id of [orgId, payerId]) {
    if (!(await organizations.confirm(id))) throw new AppError('not_found');
    await openAccounts(database, id, { signUpCreditNanoUsd: config.signUpCreditNanoUsd, organizations });
  }
  await database.$transaction(async (tx) => {
    await lockPayers(tx);
    const accounts = await lockAccounts(tx, [orgId, payerId], []);
    const [own, payer] = [accounts.get(orgId), accounts.get(payerId)];
    if (own === undefined || payer === undefined) throw new AppError('not_found');
    const known = await lockPaid(tx, orgId);
    if (agreed && known?.payerId !== payerId) throw new AppError('not_found');
    if (known?.state === 'attached' && known.payerId === payerId) return;
    if (known !== null && known.state !== 'asked') throw conflict('Another organization pays for it. Detach it first.');
    await requireAttachable(tx, own, payer);
    await buyOutstanding(tx, payer, own, own);
    const now = clock();
    const values = { payerId, state: 'attached', since: now, confirmedAt: now };
    await tx.paidOrganization.upsert({ where: { orgId }, create: { orgId, ...values }, update: values });
    await setOwner(tx, orgId, payerId);
    await writeBoth(tx, now, actor, pair, 'payer_attached');
  });
}

/** Who pays, or is asked to. The row is locked, because a request to another payer takes no lock of accounts. */
async function lockPaid(tx: Transaction, orgId: string) {
  await tx.$queryRaw`SELECT FROM paid_organization WHERE org_id = ${orgId}::uuid FOR UPDATE`;
  return await tx.paidOrganization.findUnique({ where: { orgId } });
}

async function requireAttachable(tx: Transaction, own: OrganizationAccounts, payer: OrganizationAccounts) {
  const { orgId } = own;
  // One level: a payer is never paid for.
  if (payer.purse !== payer) throw conflict('The payer is paid for by another organization.');
  if ((await tx.paidOrganization.count({ where: { payerId: orgId, state: { not: 'asked' } } })) > 0) {
    throw conflict('The organization pays for others.');
  }
  if (own.receivable < 0n) throw conflict('The organization owes money of a dispute.');
  if (own.creditLine < 0n) throw conflict('The organization has a credit limit. Set it to 0 first.');
  if ((await tx.subscription.count({ where: { orgId, state: { not: 'ended' } } })) > 0) {
    throw conflict('The organization has a subscription. Cancel it first.');
  }
}

/**
 * Pays, out of the free money of `buyer`, what is leased and held for an organisation: `available → available` of `seller`.
 * @throws {AppError} `conflict` if that is not enough.
 */
async function buyOutstanding(
  tx: Transaction,
  buyer: { available: bigint; availableId: string },
  seller: { availableId: string },
  { leased, held }: OrganizationAccounts,
): Promise<void> {
  const amountNanoUsd = leased + held;
  if (buyer.available < amountNanoUsd) {
    throw conflict('The balance of the payer does not cover what is reserved for open requests.');
  }
  if (amountNanoUsd === 0n) return;
  const sides = { debitAccount: buyer.availableId, creditAccount: seller.availableId, amountNanoUsd };
  await postTransfers(tx, [
    { ...sides, reason: 'payer_changed', description: 'Leased and held money of another payer' },
  ]);
}

/** The accounts must be locked. */
async function setOwner(tx: Transaction, orgId: string, payerId: string | null): Promise<void> {
  await tx.account.updateMany({ where: { orgId, kind: { in: ['leased', 'held'] } }, data: { payerId } });
}

async function writeBoth(tx: Transaction, now: Date, actor: Actor, { orgId, payerId }: Pair, action: string) {
  for (const organizationId of [orgId, payerId]) {
    const change = { organizationId, action, subjectType: 'organization', subjectId: orgId };
    await writeAudit(tx, now, actor, { ...change, details: { payerId } });
  }
}

/**
 * Ends that `payerId` pays for `orgId`, or that it is asked to. The organisation buys what is leased and held back if its own balance
 * covers that. If not, the payer pays what is under way and nothing new, until nothing is outstanding. A repeat continues it.
 * Returns true if it has ended.
 */
export async function detach(
  { database, clock }: PaymentContext,
  pair: Pair,
  actor: Actor,
  ifMatch?: string,
): Promise<boolean> {
  const { orgId, payerId } = pair;
  return database.$transaction(async (tx) => {
    const own = (await lockAccounts(tx, [orgId], [])).get(orgId);
    const known = await lockPaid(tx, orgId);
    await requirePayerMatch(tx, orgId, ifMatch);
    if (known === null || known.payerId !== payerId) return true;
    const now = clock();
    const isAttached = known.state !== 'asked' && own !== undefined;
    if (isAttached && own.available < own.leased + own.held) {
      if (known.state === 'detaching') return false;
      await tx.paidOrganization.update({ where: { orgId }, data: { state: 'detaching', since: now } });
      await writeBoth(tx, now, actor, pair, 'payer_detaching');
      return false;
    }
    if (isAttached) {
      await buyOutstanding(tx, own, own.purse, own);
      await setOwner(tx, orgId, null);
    }
    await tx.paidOrganization.delete({ where: { orgId } });
    await writeBoth(tx, now, actor, pair, isAttached ? 'payer_detached' : 'payer_refused');
    return true;
  });
}
