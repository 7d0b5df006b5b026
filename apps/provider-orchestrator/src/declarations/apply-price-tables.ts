import {
  type CreatePriceRuleRequest,
  type DeclarationOrigin,
  type DeclarationResult,
  declaredPriceTable,
  type PriceEntry,
} from '@aggregator/contracts';
import { declarer, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import { declarePrices } from '../prices/declare-prices.ts';
import { declareRules } from '../prices/declare-rules.ts';
import type { DeclaredSpans, RefusedEntry } from '../prices/declare-spans.ts';
import { isRefusal, type LooseEntry, parseEntry, type Refusal, refusal } from './judge-entry.ts';

const namedMax = 3;

interface DeclaredTable {
  readonly prices: DeclaredSpans;
  readonly rules: DeclaredSpans;
}

/**
 * Makes what the PriceTable resources of one owner say all that the book has of them, inside the transaction that publishes it.
 * A table is taken whole or not at all: of one that is refused, what it set before stays. What a table set that is gone ends
 * now. Prices that have ended are never changed.
 */
export async function applyPriceTables(
  tx: Transaction,
  owner: string,
  entries: readonly LooseEntry[],
  nowMs: number,
): Promise<DeclarationResult[]> {
  const standing = new Set(entries.map(({ origin }) => toTableOwner(owner, origin)));
  const audited: { table: string; changed: DeclaredTable }[] = [];
  for (const table of await listTables(tx, owner)) {
    if (!standing.has(table)) audited.push({ table, changed: await declareTable(tx, table, [], []) });
  }
  const results: DeclarationResult[] = [];
  for (const entry of entries) {
    const table = toTableOwner(owner, entry.origin);
    const taken = await takeTable(tx, table, entry);
    if (taken !== null && isRefusal(taken))
      results.push({ uid: taken.origin.uid, result: taken.result, message: taken.message });
    else {
      results.push({ uid: entry.origin.uid, result: 'accepted', message: '' });
      if (taken !== null) audited.push({ table, changed: taken });
    }
  }
  for (const { table, changed } of audited) await auditTable(tx, nowMs, table, changed);
  return results;
}

/** Null for a table that says nothing at the moment. */
async function takeTable(tx: Transaction, table: string, entry: LooseEntry): Promise<DeclaredTable | Refusal | null> {
  const parsed = parseEntry(declaredPriceTable, entry);
  if (!parsed.isGood) return parsed.refusal;
  const { origin, prices, rules = [] } = parsed.value;
  if (prices === null) return null;
  await tx.$executeRaw`SAVEPOINT price_table`;
  const changed = await declareTable(tx, table, prices, rules);
  const refused = [...changed.prices.refused, ...changed.rules.refused];
  if (refused.length === 0) {
    await tx.$executeRaw`RELEASE SAVEPOINT price_table`;
    return changed;
  }
  await tx.$executeRaw`ROLLBACK TO SAVEPOINT price_table`;
  return toRefusal(origin, refused);
}

async function declareTable(
  tx: Transaction,
  table: string,
  prices: readonly PriceEntry[],
  rules: readonly CreatePriceRuleRequest[],
): Promise<DeclaredTable> {
  const author = toAuthor(table);
  return { prices: await declarePrices(tx, prices, author), rules: await declareRules(tx, rules, author) };
}

function toRefusal(origin: DeclarationOrigin, refused: readonly RefusedEntry[]): Refusal {
  const isConflict = refused.some(({ code }) => code === 'conflict');
  const named = refused.slice(0, namedMax).map(({ name, reason }) => `${name}: ${reason}`);
  const more = refused.length > namedMax ? ` And ${refused.length - namedMax} more.` : '';
  return refusal(origin, isConflict ? 'price_conflict' : 'invalid', `${named.join(' ')}${more}`);
}

async function auditTable(
  tx: Transaction,
  nowMs: number,
  table: string,
  { prices, rules }: DeclaredTable,
): Promise<void> {
  if (prices.added + prices.ended + rules.added + rules.ended === 0) return;
  await writeAudit(tx, nowMs, declarer, {
    ...{ action: 'price_table_applied', subjectType: 'price_table', subjectId: table },
    details: {
      ...{ pricesAdded: prices.added, pricesEnded: prices.ended },
      ...{ rulesAdded: rules.added, rulesEnded: rules.ended },
    },
  });
}

/** Of one owner, the tables that have a price or a rule in the book now or later. */
async function listTables(tx: Transaction, owner: string): Promise<string[]> {
  const query = {
    where: {
      source: 'kubernetes',
      owner: { startsWith: `${owner}/` },
      OR: [{ effectiveTo: null }, { effectiveTo: { gt: new Date() } }],
    },
    distinct: ['owner' as const],
    select: { owner: true },
  };
  const rows = [...(await tx.pricePeriod.findMany(query)), ...(await tx.priceRule.findMany(query))];
  return [...new Set(rows.flatMap(({ owner: table }) => table ?? []))];
}

const toTableOwner = (owner: string, { namespace, name }: DeclarationOrigin) => `${owner}/${namespace}/${name}`;
const toAuthor = (table: string) => ({ source: 'kubernetes', owner: table, reviewerUserId: null }) as const;
