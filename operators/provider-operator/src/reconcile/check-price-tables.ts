import {
  type DeclaredPriceTableEntry,
  declaredPriceTable,
  type PriceTableSpec,
  priceTablesMax,
} from '@aggregator/contracts';
import { conditionFalse, conditionTrue, type Judgement } from '../status/judgement.ts';
import type { ObservedPriceTable } from '../watch/read-object.ts';
import { checkEntry, toOrigin } from './compile.ts';
import { toPrice } from './compile-price.ts';
import { bySeniority } from './seniority.ts';

/** What we ourselves think of one price table. The orchestrator may still refuse it. */
export interface PriceTableVerdict {
  readonly object: ObservedPriceTable;
  readonly accepted: Judgement;
  /** Without prices if it was not accepted: what it set before stays. Null beyond the bound. */
  readonly entry: DeclaredPriceTableEntry | null;
}

/** Pure. The older table comes first, so that of two with the same price the older one has it. */
export function checkPriceTables(tables: readonly ObservedPriceTable[]): readonly PriceTableVerdict[] {
  return tables
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .sort((one, other) => bySeniority(one.metadata, other.metadata))
    .map((object, position) => checkPriceTable(object, position));
}

function checkPriceTable(object: ObservedPriceTable, position: number): PriceTableVerdict {
  const { metadata, spec, fault } = object;
  if (position >= priceTablesMax) {
    const message = `There are more than ${priceTablesMax} PriceTables, and this one is among the youngest.`;
    return { object, accepted: conditionFalse('TooManyPriceTables', message), entry: null };
  }
  const keep = { origin: toOrigin(metadata), prices: null };
  if (spec === null) return { object, accepted: conditionFalse('InvalidSpec', fault), entry: keep };
  const compiled = checkEntry(declaredPriceTable, () => ({
    ...keep,
    prices: spec.prices.map(toEntry),
    // An orchestrator of before knows no rules, and refuses the field.
    ...(spec.rules.length > 0 && { rules: spec.rules.map(toRule) }),
  }));
  return compiled.fault === undefined
    ? { object, accepted: conditionTrue('Accepted', 'It is valid.'), entry: compiled.entry }
    : { object, accepted: conditionFalse('InvalidSpec', compiled.fault), entry: keep };
}

function toEntry({ kind, pricing, ...fields }: PriceTableSpec['prices'][number]) {
  return { ...fields, kind: kind === 'Cost' ? ('cost' as const) : ('customer' as const), price: toPrice(pricing) };
}

function toRule({ organizationId, ...rule }: PriceTableSpec['rules'][number]) {
  return { ...rule, organizationId: organizationId ?? null };
}
