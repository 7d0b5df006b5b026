import type { Advice, Steps, Usage } from '@aggregator/contracts';
import { inputComponents, selectTier } from '@aggregator/pricing';
import { groupInOrder, type PastRequest, priceOrNull, type Repriced, servedBy, toAdvice } from './past-request.ts';

/** The shortest life of a prompt cache among vendors. */
const keptMs = 300_000;
/** Least tokens of a cached beginning, of most vendors. */
const tokensMin = 1024;

/**
 * Advises the provider's prompt cache: requests of one key and model that begin with the same 8 KiB, each within five minutes of the one
 * before. Of each but the first, the tokens of that beginning are priced as read from the cache; of the first as written, if that has a price.
 */
export function* advisePromptCaching(requests: readonly PastRequest[]): Steps<Advice[]> {
  const byModel = new Map<string, Repriced[]>();
  const groups = yield* groupInOrder(requests, (one) =>
    one.prefixHash === null || one.isHit ? null : [one.prefixHash, one.provider, one.model, one.keyId],
  );
  for (const group of groups) {
    for (const run of splitRuns(group, keptMs)) {
      if (run.length < 2) continue;
      const { provider, model, keyId } = run[0] as PastRequest;
      const name = JSON.stringify([provider, model, keyId]);
      const list = byModel.get(name) ?? [];
      byModel.set(name, list);
      for (const [index, request] of run.entries()) {
        const repriced = reprice(request, index === 0);
        if (repriced !== null) list.push(repriced);
        yield;
      }
    }
  }
  return [...byModel.values()].flatMap((repriced) => {
    const [first] = repriced;
    if (first === undefined) return [];
    const { request } = first;
    const named = { kind: 'prompt_caching', current: servedBy(request), proposed: null, keyId: request.keyId } as const;
    return toAdvice({ ...named, explain: () => explanation }, repriced) ?? [];
  });
}

/** Requests that follow each other with no longer a pause than given. */
export function splitRuns(group: readonly PastRequest[], pauseMsMax: number): PastRequest[][] {
  const runs: PastRequest[][] = [];
  let last: PastRequest | null = null;
  for (const request of group) {
    if (last !== null && request.beganMs - last.beganMs <= pauseMsMax) runs.at(-1)?.push(request);
    else runs.push([request]);
    last = request;
  }
  return runs;
}

/** Null if nothing of the request can be cached, or if the price has no lower rate for it. */
function reprice(request: PastRequest, isFirst: boolean): Repriced | null {
  const { usage, price, prefixPermille } = request;
  const tier = selectTier(usage, price.rates);
  if (BigInt(tier.cacheRead ?? tier.inputUncached ?? 0) >= BigInt(tier.inputUncached ?? 0)) return null;
  const inputTokens = inputComponents.reduce((sum, component) => sum + (usage[component] ?? 0), 0);
  const shared = Math.floor((inputTokens * prefixPermille) / 1000);
  if (shared < tokensMin) return null;
  const [cached, counter] = isFirst
    ? [(usage.cacheWrite5m ?? 0) + (usage.cacheWrite1h ?? 0) + (usage.cacheRead ?? 0), 'cacheWrite5m' as const]
    : [usage.cacheRead ?? 0, 'cacheRead' as const];
  // A vendor that has no price for writing charges nothing beside the plain input.
  const isFree = tier[counter] === undefined;
  const moved = isFree ? 0 : Math.max(0, Math.min(usage.inputUncached ?? 0, shared - cached));
  const wouldCost = priceOrNull(move(usage, moved, counter), price.rates);
  return wouldCost === null ? null : { request, wouldCost };
}

function move(usage: Usage, tokens: number, to: 'cacheRead' | 'cacheWrite5m'): Usage {
  if (tokens === 0) return usage;
  return { ...usage, inputUncached: (usage.inputUncached ?? 0) - tokens, [to]: (usage[to] ?? 0) + tokens };
}

const explanation =
  'These requests begin with the same 8 KiB, and follow each other within five minutes. The figures count those 8 KiB alone, by their share ' +
  'of the body: of the first request as written to the prompt cache of the provider, of the others as read from it. Keep what changes at the ' +
  'end of the prompt, and mark its fixed beginning if the provider needs marks (cache_control).';
