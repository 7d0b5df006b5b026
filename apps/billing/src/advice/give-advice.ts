import type { Advice, AdviceAnswer, ModelOffer, Steps } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import { takeInTurns } from '@aggregator/service-kit';
import type { Database } from '../database/open-database.ts';
import type { Month } from '../invoices/month-bounds.ts';
import type { AdviceSources } from './advice-sources.ts';
import { adviseBatches } from './batches.ts';
import { adviseCheaper } from './cheaper.ts';
import type { PastRequest } from './past-request.ts';
import { advisePromptCaching } from './prompt-caching.ts';
import { readPastRequests } from './read-past-requests.ts';
import { adviseCache, type CacheFacts } from './repeated.ts';

const adviceMax = 100;

export interface AdviceParts {
  readonly database: Database;
  readonly adviceSources: AdviceSources;
  readonly config: CacheFacts;
  readonly clock: () => Date;
}

/** Computes how an organisation could have paid less in a month, from its real requests. Changes nothing. */
async function giveAdvice(
  { database, adviceSources, config, clock }: AdviceParts,
  orgId: string,
  month: Month,
): Promise<AdviceAnswer> {
  const [offers, idle] = await Promise.all([
    adviceSources.listOffers(orgId),
    adviceSources.listIdleKeys(orgId, month.from),
  ]);
  const { requests, isComplete } = await readPastRequests(database, orgId, month);
  const found = await takeInTurns(adviseAll(requests, offers, config));
  const data = [...found.sort(largestFirst), ...idle.map(toIdleKey)].slice(0, adviceMax);
  return {
    ...{ organizationId: orgId, period: month.period, from: month.from.toISOString(), to: month.to.toISOString() },
    ...{ computedAt: clock().toISOString(), requests: requests.length, isComplete, data },
    paidNanoUsd: formatNanoUsd(requests.reduce((sum, { amount }) => sum + amount, 0n)),
  };
}

/** Every kind of advice that is about requests, in no order. */
export function* adviseAll(
  requests: readonly PastRequest[],
  offers: readonly ModelOffer[],
  facts: CacheFacts,
): Steps<Advice[]> {
  const cheaper = yield* adviseCheaper(requests, offers);
  const cache = yield* adviseCache(requests, facts);
  const prompts = yield* advisePromptCaching(requests);
  return [...cheaper, ...cache, ...prompts, ...(yield* adviseBatches(requests, offers))];
}

function largestFirst(one: Advice, other: Advice): number {
  const [saved, otherSaved] = [BigInt(one.savedNanoUsd), BigInt(other.savedNanoUsd)];
  if (saved === otherSaved) return one.kind < other.kind ? -1 : 1;
  return saved > otherSaved ? -1 : 1;
}

function toIdleKey(keyId: string): Advice {
  return {
    ...{ kind: 'idle_key', current: null, proposed: null, keyId, requests: 0, examples: [] },
    ...{ paidNanoUsd: '0', wouldCostNanoUsd: '0', savedNanoUsd: '0' },
    explanation:
      'This API key is valid and was not used since the month began. It costs nothing, but a stranger who finds it can spend. Revoke it if it is not needed.',
  };
}

/** `giveAdvice` with its parts. */
export function advisor(parts: AdviceParts): (orgId: string, month: Month) => Promise<AdviceAnswer> {
  return (orgId, month) => giveAdvice(parts, orgId, month);
}
