import {
  AppError,
  type Price,
  price,
  type Rates,
  type Usage,
  usage,
  usageComponents,
  usageCorrected,
} from '@aggregator/contracts';
import { costUsage, priceUsage } from '@aggregator/pricing';
import type { Database } from '../database/open-database.ts';
import { makeRates, type ReadRates, readHash } from './make-price.ts';

/** Charges that are in memory at a time. */
const pageSize = 1000;
const nilId = '00000000-0000-0000-0000-000000000000';

/** What was posted, and what comes out now. Amounts in nano-USD. */
export interface Difference {
  readonly requestId: string;
  readonly what: 'amount' | 'cost' | 'transfers' | 'rates' | 'correction';
  readonly posted: string;
  readonly computed: string;
}

export interface Rerated {
  readonly charges: number;
  readonly differences: number;
  /** Nano-USD: what all customers were charged, and what comes out now. */
  readonly postedNanoUsd: bigint;
  readonly computedNanoUsd: bigint;
  /** Charges whose price is not in the registry: their rates are only those that they carry. */
  readonly unknownPrices: number;
}

interface Row {
  requestId: string;
  usage: unknown;
  price: unknown;
  amount: bigint;
  cost: bigint | null;
  attempts: { spent?: { costNanoUsd: string } }[] | null;
  outcome: string;
  isCached: boolean;
  transferred: bigint;
  correction: unknown;
  difference: bigint | null;
}

/**
 * Computes each charge of all history again: from its usage and the price of its version as the registry has it. Compares what
 * comes out with what was charged, booked as cost, moved in the ledger and corrected later. Changes nothing. Keeps one page in
 * memory.
 * @param readRates Null: the rates that each charge carries are believed.
 * @param report Called for each difference.
 */
export async function rerate(
  database: Database,
  readRates: ReadRates | null,
  report: (difference: Difference) => void,
): Promise<Rerated> {
  const sums = { charges: 0, differences: 0, postedNanoUsd: 0n, computedNanoUsd: 0n, unknownPrices: 0 };
  for (let after = nilId; ; ) {
    const rows = await readPage(database, after);
    const last = rows.at(-1);
    if (last === undefined) return sums;
    after = last.requestId;
    const charges = rows.map((row) => ({ row, used: usage.parse(row.usage), pinned: price.parse(row.price) }));
    const stored = readRates === null ? null : await readRates(listHashes(charges.map(({ pinned }) => pinned)));
    for (const { row, used, pinned } of charges) {
      const known = stored?.get(readHash(pinned.version) ?? '');
      if (stored !== null && known === undefined) sums.unknownPrices += 1;
      const rates = known === undefined ? pinned.rates : makeRates(pinned.version, known);
      const { computed, differences } = judgeCharge(row, used, { pinned, rates });
      sums.charges += 1;
      sums.postedNanoUsd += row.amount;
      sums.computedNanoUsd += computed ?? 0n;
      sums.differences += differences.length;
      for (const difference of differences) report({ requestId: row.requestId, ...difference });
    }
  }
}

type Found = Omit<Difference, 'requestId'>;

function judgeCharge(row: Row, used: Usage, { pinned, rates }: { pinned: Price; rates: Rates }) {
  const isFree = row.outcome === 'void';
  const computed = isFree ? 0n : priceOrNull(used, rates);
  const differences: Found[] = [];
  const compare = (what: Found['what'], posted: string | bigint, expected: string | bigint) => {
    if (String(posted) !== String(expected)) {
      differences.push({ what, posted: String(posted), computed: String(expected) });
    }
  };
  compare('rates', toText(pinned.rates), toText(rates));
  compare('amount', row.amount, computed ?? 'a counter without a rate');
  compare('transfers', row.transferred, row.amount);
  if (row.cost !== null) {
    const spent = (row.attempts ?? []).reduce((sum, { spent: one }) => sum + BigInt(one?.costNanoUsd ?? 0), 0n);
    compare('cost', row.cost, spent + (isFree || row.isCached ? 0n : costUsage(used, pinned)));
  }
  if (row.correction !== null) {
    const { actual } = usageCorrected.parse(row.correction);
    const truth = priceOrNull(actual.usage, rates);
    compare('correction', row.difference ?? 0n, truth === null ? 'a counter without a rate' : truth - row.amount);
  }
  return { computed, differences };
}

function priceOrNull(used: Usage, rates: Rates): bigint | null {
  try {
    return priceUsage(used, rates);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

/** In one order for every order of the input. */
function toText({ above, ...plain }: Rates): string {
  const pairs = (tier: Rates | NonNullable<Rates['above']>['rates']) =>
    usageComponents.flatMap((component) => (tier[component] === undefined ? [] : [`${component} ${tier[component]}`]));
  const dear = above === undefined ? [] : [`above ${above.inputTokens}`, ...pairs(above.rates)];
  return [...pairs(plain), ...dear].join(', ');
}

function listHashes(prices: readonly Price[]): string[] {
  return [...new Set(prices.flatMap(({ version }) => readHash(version) ?? []))];
}

async function readPage(database: Database, after: string): Promise<Row[]> {
  return database.$queryRaw<Row[]>`
    WITH page AS MATERIALIZED (
      SELECT * FROM charge WHERE request_id > ${after}::uuid ORDER BY request_id LIMIT ${pageSize}
    )
    SELECT page.request_id AS "requestId", usage, price, page.amount, cost, attempts, outcome,
      -- A price of an answer from the cache names its share.
      price ->> 'version' ~ '~hit-[0-9]+$' AS "isCached",
      coalesce((SELECT sum(transfer.amount) FROM transfer
        WHERE transfer.request_id = page.request_id AND reason IN ('charge', 'charge_overrun')), 0)::bigint AS transferred,
      body AS correction, difference
    FROM page LEFT JOIN usage_correction ON usage_correction.request_id = page.request_id AND state = 'posted'
    ORDER BY page.request_id`;
}
