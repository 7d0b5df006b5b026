import type { RouteStrategy } from '@aggregator/contracts';
import { draw, type Lot } from './draw.ts';
import { comparePrices } from './offers.ts';
import type { TargetView } from './route-port.ts';
import { type Measured, nearnessOf, scoreOf } from './score.ts';
import type { Option } from './snapshot-index.ts';

export interface Ordering {
  readonly strategy: RouteStrategy | Measured;
  readonly lot: Lot<Option>;
  /** A number in [0, 1) that decides whether this request explores; null: never. */
  readonly exploration: (() => number) | null;
}

/** The share of requests that measured orders leave to weights alone, so that a measurement can get better again. */
const explorationShare = 0.02;

/** Options of one priority, in the order to try. */
export function orderOptions(options: readonly Option[], ordering: Ordering, view: TargetView): readonly Option[] {
  if (options.length === 1) return options;
  const { strategy, lot } = ordering;
  if (strategy === 'weighted') return draw(options, weightOf, lot);
  if (strategy === 'price') return orderByPrice(options, ordering, view);
  return orderByMeasure(options, strategy, ordering, view);
}

/** The cheapest first, those of equal price by latency; weight 0 last. */
function orderByPrice(options: readonly Option[], ordering: Ordering, view: TargetView): Option[] {
  const byPrice = Map.groupBy(options, (option) => (option.weight === 0 ? null : option.offer.priceNanoUsd));
  return [...byPrice]
    .sort(([one], [other]) => comparePrices(one, other))
    .flatMap(([, equal]) => (equal.length === 1 ? equal : orderByMeasure(equal, 'latency', ordering, view)));
}

/**
 * A target to be probed is first: it gets this one request. Then those about as fast as the fastest, by weight; a
 * target that was never measured counts among them. Then the others, the fastest first; weight 0 last.
 */
function orderByMeasure(
  options: readonly Option[],
  measured: Measured,
  ordering: Ordering,
  view: TargetView,
): Option[] {
  const scores = new Map(options.map((option) => [option, scoreOption(option, measured, view)]));
  const scoreIn = (option: Option) => scores.get(option) ?? 0;
  const best = Math.min(...[...scores.values()].flatMap((score) => score ?? []));
  const isExploring = ordering.exploration !== null && ordering.exploration() < explorationShare;
  const shareOf = (option: Option) => {
    const score = scores.get(option) ?? null;
    return isExploring || score === null ? option.weight : option.weight * nearnessOf(score, best);
  };
  const fastestFirst = [...options].sort(
    (one, other) => Number(one.weight === 0) - Number(other.weight === 0) || scoreIn(one) - scoreIn(other),
  );
  const drawn = draw(fastestFirst, shareOf, ordering.lot);
  const isDue = (option: Option) => option.offer.targets.some((target) => view.judge(target.key) === 'probe');
  const due = drawn.filter(isDue);
  return due.length === 0 ? drawn : [...due, ...drawn.filter((option) => !due.includes(option))];
}

/** The best of its keys; null where none was measured. */
function scoreOption({ offer }: Option, measured: Measured, view: TargetView): number | null {
  let best: number | null = null;
  for (const { key } of offer.targets) {
    const measures = view.measure(key);
    const score = measures === null ? null : scoreOf(measures, measured);
    if (score !== null && (best === null || score < best)) best = score;
  }
  return best;
}

function weightOf({ weight }: Option): number {
  return weight;
}
