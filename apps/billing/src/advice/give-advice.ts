import { setImmediate } from 'node:timers/promises';
import type { Advice, AdviceAnswer, ModelOffer } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
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
/** Requests that are computed before other work has a turn. */
const turnRequests = 500;

export interface AdviceParts {
  readonly database: Database;
  readonly adviceSources: AdviceSources;
  readonly config: CacheFacts;
  readonly clock: () => Date;
}

/** Computes how an organisation could have paid less in a month, from its real requests. Changes nothing. */
export async function giveAdvice(
  { database, adviceSources, config, clock }: AdviceParts,
  orgId: string,
  month: Month,
): Promise<AdviceAnswer> {
  const [offers, idle] = await Promise.all([
    adviceSources.listOffers(orgId),
    adviceSources.listIdleKeys(orgId, month.from),
  ]);
  const { requests, isComplete } = await readPastRequests(database, orgId, month);
  const found = await adviseAll(requests, offers, config);
  const data = [...found.sort(largestFirst), ...idle.map(toIdleKey)].slice(0, adviceMax);
  return {
    ...{ organizationId: orgId, period: month.period, from: month.from.toISOString(), to: month.to.toISOString() },
    ...{ computedAt: clock().toISOString(), requests: requests.length, isComplete, data },
    paidNanoUsd: formatNanoUsd(requests.reduce((sum, { amount }) => sum + amount, 0n)),
  };
}

/** Every kind of advice that is about requests, in no order. Other work of the process has turns meanwhile. */
export async function adviseAll(
  requests: readonly PastRequest[],
  offers: readonly ModelOffer[],
  facts: CacheFacts,
): Promise<Advice[]> {
  let computed = 0;
  const pause = async () => {
    computed += 1;
    if (computed % turnRequests === 0) await setImmediate();
  };
  const cheaper = await adviseCheaper(requests, offers, pause);
  await setImmediate();
  const cache = adviseCache(requests, facts);
  await setImmediate();
  const prompts = advisePromptCaching(requests);
  await setImmediate();
  return [...cheaper, ...cache, ...prompts, ...adviseBatches(requests, offers)];
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
