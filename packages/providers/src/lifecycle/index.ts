import type { ProviderType } from '@aggregator/contracts';
import { providerAdapters } from '../registry.ts';
import { type Retirement, RetirementTable } from './retirement.ts';

const tables: ReadonlyMap<ProviderType, RetirementTable> = new Map(
  providerAdapters.flatMap(({ type, facts: { retirements } }) =>
    retirements === undefined ? [] : [[type, new RetirementTable(retirements)]],
  ),
);

/**
 * Returns when a vendor retired a model, and what takes its place; null if it serves the model or nothing is known.
 * @param type Null for any vendor.
 * @param nowMs Unix milliseconds.
 */
export function findRetirement(type: ProviderType | null, model: string, nowMs: number): Retirement | null {
  const asked = type === null ? [...tables.values()] : [tables.get(type)];
  for (const table of asked) {
    const found = table?.find(model, nowMs) ?? null;
    if (found !== null) return found;
  }
  return null;
}
