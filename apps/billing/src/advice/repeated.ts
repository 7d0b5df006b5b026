import type { Advice, Steps } from '@aggregator/contracts';
import { scalePrice } from '@aggregator/pricing';
import { groupInOrder, type PastRequest, priceOrNull, type Repriced, servedBy, toAdvice } from './past-request.ts';

/** How the answer cache works here. */
export interface CacheFacts {
  readonly cacheTtlSeconds: number;
  readonly cacheHitPricePercent: number;
}

/**
 * Advises the answer cache: an identical request that began while the answer of an earlier one could have been given again, and that
 * a provider has served.
 */
export function* adviseCache(requests: readonly PastRequest[], facts: CacheFacts): Steps<Advice[]> {
  const byModel = new Map<string, Repriced[]>();
  const isChat = (one: PastRequest) => one.operation === 'chat.completions';
  const groups = yield* groupInOrder(requests, (one) =>
    one.bodyHash === null || !isChat(one) ? null : [one.bodyHash, one.provider, one.model],
  );
  for (const group of groups) {
    for (const repriced of yield* findMissedHits(group, facts)) {
      const { provider, model, keyId } = repriced.request;
      const name = JSON.stringify([provider, model, keyId]);
      const list = byModel.get(name);
      if (list === undefined) byModel.set(name, [repriced]);
      else list.push(repriced);
    }
  }
  return [...byModel.values()].flatMap((missed) => {
    const [first] = missed;
    if (first === undefined) return [];
    const { request } = first;
    const named = {
      kind: 'repeated_requests',
      current: servedBy(request),
      proposed: null,
      keyId: request.keyId,
    } as const;
    return toAdvice({ ...named, explain: () => explain(facts) }, missed) ?? [];
  });
}

/** The cache keeps an answer from its end on, for as long as it is set to; a hit does not make that longer. */
function* findMissedHits(
  group: readonly PastRequest[],
  { cacheTtlSeconds, cacheHitPricePercent }: CacheFacts,
): Steps<Repriced[]> {
  const missed: Repriced[] = [];
  let kept: PastRequest | null = null;
  for (const request of group) {
    yield;
    const isKept = kept !== null && request.beganMs >= kept.endedMs;
    const isFresh = kept !== null && request.beganMs - kept.endedMs < cacheTtlSeconds * 1000;
    if (isKept && isFresh && !request.isHit) {
      const { rates } = scalePrice(request.price, cacheHitPricePercent * 10_000, 'hit');
      missed.push({ request, wouldCost: priceOrNull(request.usage, rates) ?? request.amount });
    } else if (!isFresh && request.isCompleted && !request.isHit) kept = request;
  }
  return missed;
}

const explain = ({ cacheTtlSeconds, cacheHitPricePercent }: CacheFacts) =>
  `These requests are identical to one that was answered at most ${cacheTtlSeconds} seconds before. An answer from the cache costs ` +
  `${cacheHitPricePercent} % of its price. By default the cache serves requests with temperature 0, top_k 1 or a seed, and requests ` +
  'that do not forbid it. Set one of them, or ask the operator for CACHE_POLICY=all.';
