import type { ModelRow } from '@aggregator/contracts';

export const orders = ['byName', 'byPrice', 'byContext'] as const;
export type Order = (typeof orders)[number];

export interface ModelFilter {
  readonly text: string;
  /** A capability; empty if it does not matter. */
  readonly capability: string;
  readonly order: Order;
}

/** Returns the models that fit, in order. */
export function filterModels(models: readonly ModelRow[], { text, capability, order }: ModelFilter): ModelRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = ({ id, provider, capabilities }: ModelRow) =>
    words.every((word) => `${id} ${provider}`.toLowerCase().includes(word)) &&
    (capability === '' || capabilities.includes(capability));
  const byName = (a: ModelRow, b: ModelRow) => a.id.localeCompare(b.id);
  const compare: Record<Order, (a: ModelRow, b: ModelRow) => number> = {
    byName,
    byPrice: (a, b) => priceOf(a) - priceOf(b) || byName(a, b),
    byContext: (a, b) => b.context_length - a.context_length || byName(a, b),
  };
  return models.filter(fits).sort(compare[order]);
}

/** Only for an order: input and output of one token each, in USD. */
const priceOf = ({ pricing }: ModelRow): number => Number(pricing.prompt ?? 0) + Number(pricing.completion ?? 0);

export const capabilitiesOf = (models: readonly ModelRow[]): string[] =>
  [...new Set(models.flatMap(({ capabilities }) => capabilities))].sort();
