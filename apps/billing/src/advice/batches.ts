import type { Advice, ModelOffer, Steps } from '@aggregator/contracts';
import { scalePrice } from '@aggregator/pricing';
import { groupInOrder, type PastRequest, priceOrNull, type Repriced, servedBy, toAdvice } from './past-request.ts';
import { splitRuns } from './prompt-caching.ts';

/** A stretch: so many requests, none streamed, with no longer a pause between them. */
const stretchMin = 100;
const pauseMsMax = 60_000;

/**
 * Advises batches: long stretches of requests of one key (without a key: of one user) and model whose answers are not streamed, where
 * the vendor has a price for batches.
 */
export function* adviseBatches(requests: readonly PastRequest[], offers: readonly ModelOffer[]): Steps<Advice[]> {
  const percents = new Map(
    offers.flatMap(({ provider, batchPricePercent }) =>
      batchPricePercent === null ? [] : [[provider, batchPricePercent] as const],
    ),
  );
  const groups = yield* groupInOrder(requests, (one) =>
    one.isHit || !one.isWhole ? null : [one.keyId ?? one.userId, one.provider, one.model, one.operation],
  );
  const found: Advice[] = [];
  for (const group of groups) {
    const [first] = group;
    const percent = percents.get(first?.provider ?? '');
    if (first === undefined || percent === undefined) continue;
    const stretches = splitRuns(group, pauseMsMax).filter((run) => run.length >= stretchMin);
    const repriced: Repriced[] = [];
    for (const request of stretches.flat()) {
      const { rates } = scalePrice(request.price, percent * 10_000, 'batch');
      repriced.push({ request, wouldCost: priceOrNull(request.usage, rates) ?? request.amount });
      yield;
    }
    const named = { kind: 'batch', current: servedBy(first), proposed: null, keyId: first.keyId } as const;
    const advice = toAdvice({ ...named, explain: () => explain(stretches.length, percent, first.provider) }, repriced);
    if (advice !== null) found.push(advice);
  }
  return found;
}

const explain = (stretches: number, percent: number, provider: string) =>
  `${stretches} ${stretches === 1 ? 'stretch' : 'stretches'} of at least ${stretchMin} requests without streaming, with at most ` +
  `${pauseMsMax / 1000} seconds between two of them. ${provider} charges ${percent} % of its price for a batch, whose answers come within a ` +
  'day. This API has no batches: the vendor’s own API has. Use it for work that needs no answer at once.';
