import { setTimeout as wait } from 'node:timers/promises';
import { adapterFor, type ProviderTarget, type UsageRecordAnswer, type UsageRecordLookup } from '@aggregator/providers';
import { pauseAfter } from '@aggregator/resilience';
import type { ProxyContext } from '../proxy-context.ts';
import { callProvider } from '../upstream/call-provider.ts';
import { AnswerCollector } from '../upstream/collect-answer.ts';
import { attemptIdOf, type DispatchedRequest } from './dispatched-request.ts';

const totalMs = 5000;
const tryMs = 3000;
const backOff = { firstMs: 100, longestMs: totalMs };
/** An attempt that was just sent may arrive after the first question for it; so its absence is asked for twice. */
const absenceConfirmedMs = 500;

/** Parts that ask a provider for its record of an attempt. */
export type UsageRecordContext = Pick<ProxyContext, 'credentials' | 'pools'>;

type UsageRecord = Exclude<UsageRecordAnswer, { result: 'unsettled' }>;

/**
 * Asks the provider for its own record of an attempt, several times within 5 s. `none` where the provider keeps no such
 * records; `unknown` where it gave no answer that settles the question.
 */
export async function findUsageRecord(
  context: UsageRecordContext,
  request: DispatchedRequest,
): Promise<UsageRecord | { result: 'none' } | { result: 'unknown' }> {
  const lookup = adapterFor(request.provider.type).usageRecord;
  if (lookup === null) return { result: 'none' };
  const endMs = performance.now() + totalMs;
  let absentSinceMs: number | null = null;
  for (let tries = 1; ; tries += 1) {
    const answer = await ask(context, lookup, request, endMs);
    if (answer.result === 'found') return answer;
    const nowMs = performance.now();
    if (answer.result === 'absent') {
      absentSinceMs ??= nowMs;
      if (nowMs - absentSinceMs >= absenceConfirmedMs) return answer;
    }
    const pauseMs = pauseAfter(tries, backOff);
    if (nowMs + pauseMs >= endMs) return { result: 'unknown' };
    await wait(pauseMs);
  }
}

async function ask(
  { credentials, pools }: UsageRecordContext,
  lookup: UsageRecordLookup,
  request: DispatchedRequest,
  endMs: number,
): Promise<UsageRecordAnswer> {
  try {
    const target: ProviderTarget = {
      baseUrl: request.provider.baseUrl,
      credential: credentials.resolve(request.provider.credentialRef),
      model: request.model,
      maxOutputTokens: null,
      attemptId: attemptIdOf(request),
      options: request.provider.options,
    };
    const deadlineMs = Math.min(endMs, performance.now() + tryMs);
    const limits = { deadlineMs, firstLifeMs: Number.POSITIVE_INFINITY, idleMs: tryMs };
    const collector = new AnswerCollector();
    callProvider(pools.take(request.provider, null), lookup.endpoint(target), null, limits, collector);
    const { status, body } = await collector.answer;
    return lookup.parse(status, body);
  } catch {
    return { result: 'unsettled' };
  }
}
