import { createHash } from 'node:crypto';
import type { LedgerRecord } from '@aggregator/mock-provider';
import { isReconciled, queryDatabase, readFigure } from '../e2e/money-figures.ts';
import { compareLedgers } from '../world/compare-ledgers.ts';
import type { ManagementClient } from '../world/management-client.ts';
import type { Seen } from '../world/mixed-load.ts';
import type { Deliveries } from './deliveries.ts';
import type { FaultWorld } from './world.ts';

export interface Found {
  /** The provider's records of this seed. */
  records: readonly LedgerRecord[];
  /** What the clients of this seed saw. */
  seen: readonly Seen[];
  /** What must be dead letters. */
  deliveries: Pick<Deliveries, 'poison' | 'forged'>;
  creditNanoUsd: bigint;
}

/**
 * Compares provider, ledger, balance, analytics, dead letters and clients. Returns each fault as a line; none when all is
 * settled. The provider's ledger is the truth.
 */
export async function judge(world: FaultWorld, session: ManagementClient, found: Found): Promise<string[]> {
  const transactions = await session.transactions();
  const faults = compareLedgers(found.records, transactions).map(
    ({ requestId, provider, ours }) => `${requestId}: the provider charged ${provider}, the ledger ${ours}`,
  );
  let charged = 0n;
  const chargeOf = new Map<string, bigint>();
  for (const { type, requestId = '', amountNanoUsd } of transactions) {
    if (type !== 'charge') continue;
    charged -= BigInt(amountNanoUsd);
    chargeOf.set(requestId, -BigInt(amountNanoUsd));
  }
  for (const { requestId, costNanoUsd } of found.seen) {
    if (costNanoUsd === null || requestId === null) continue;
    const own = chargeOf.get(requestId);
    if (own !== BigInt(costNanoUsd)) faults.push(`${requestId}: the client saw ${costNanoUsd}, the ledger ${own}`);
  }
  const balance = BigInt((await session.balance()).balanceNanoUsd);
  if (balance !== found.creditNanoUsd - charged) faults.push(`balance ${balance} after charges of ${charged}`);
  const counted = BigInt((await session.dashboard()).totals.costNanoUsd);
  if (counted !== charged) faults.push(`analytics counts ${counted}, the ledger ${charged}`);
  return [...faults, ...(await judgeDeadLetters(world, found.deliveries)), ...(await judgeLedger(world))];
}

/** One dead letter for each body that is no event and each id that came with another body. */
async function judgeDeadLetters(world: FaultWorld, { poison, forged }: Found['deliveries']): Promise<string[]> {
  const rows = await queryDatabase(
    world.databaseUrls.billing,
    `SELECT event_id AS id, reason, encode(body_hash, 'hex') AS hash FROM quarantine`,
  );
  const hashes = new Map([...poison].map((body) => [createHash('sha256').update(body).digest('hex'), body]));
  const named = [...hashes].map(([hash, body]) => ({ name: body, of: rows.filter((row) => row.hash === hash) }));
  const ids = [...forged].map((id) => ({ name: id, of: rows.filter((row) => row.id === id) }));
  return [...named, ...ids].flatMap(({ name, of }) =>
    of.length === 1 ? [] : [`${of.length} dead letters of ${name.slice(0, 80)}: ${of.map(({ reason }) => reason)}`],
  );
}

/** Each balance equals its transfers, all together are zero, and counter store and ledger agree. */
async function judgeLedger(world: FaultWorld): Promise<string[]> {
  const faults: string[] = [];
  const [sum] = await queryDatabase(world.databaseUrls.billing, 'SELECT sum(balance)::text AS sum FROM account');
  if (sum?.sum !== '0') faults.push(`the sum of all balances is ${sum?.sum}`);
  if ((await readFigure(world.services.baseUrl, 'billing_platform_loss_nano_usd_total')) !== 0) {
    faults.push('the platform bears a loss');
  }
  if (!(await isReconciled(world.services.baseUrl))) faults.push('unreconciled money');
  return faults;
}
