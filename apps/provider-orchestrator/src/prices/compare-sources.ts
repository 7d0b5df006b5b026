import { type PriceDifference, type Rates, usageComponents } from '@aggregator/contracts';

/** The price of one model in each source; null if it has none. */
export interface SourcedModel {
  readonly provider: string;
  readonly model: string;
  readonly catalogue: Rates | null;
  readonly declared: Rates | null;
  readonly cost: Rates | null;
}

/**
 * Returns the rates of the plain tier that two sources say differently. A source without any price of the model says nothing; a
 * price that lacks a rate that another one has differs.
 */
export function compareSources(models: Iterable<SourcedModel>, max: number): PriceDifference[] {
  const differences: PriceDifference[] = [];
  for (const { provider, model, catalogue, declared, cost } of models) {
    for (const component of usageComponents) {
      const said = [catalogue, declared, cost].filter((rates) => rates !== null).map((rates) => rates[component]);
      if (new Set(said).size < 2) continue;
      if (differences.length === max) return differences;
      const rateOf = (rates: Rates | null) => rates?.[component] ?? null;
      differences.push({
        ...{ provider, model, component, cataloguePicoUsd: rateOf(catalogue) },
        ...{ declaredPicoUsd: rateOf(declared), costPicoUsd: rateOf(cost ?? declared) },
      });
    }
  }
  return differences;
}
