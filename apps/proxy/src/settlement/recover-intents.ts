import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '@aggregator/contracts';
import type { SpoolIntent } from '@aggregator/spool';
import type { ProxyContext } from '../context.ts';
import { chargeUsage, estimateCharge, noCharge } from './charge.ts';
import { type DispatchedRequest, dispatchedRequest } from './dispatched-request.ts';
import { findUsageRecord } from './find-usage-record.ts';
import { recordSettlement, type Settled } from './settle-request.ts';

const workersMax = 8;
const firstPauseMs = 1000;
const pauseMsMax = 60_000;
/** A provider that cannot be asked for a day is not waited for any longer. */
const patienceMs = 86_400_000;

/**
 * Settles what an earlier process left open, each request once. A provider that keeps records is asked until it answers;
 * for others the input is charged by estimate. Goes round by round, so that a provider that is away keeps nobody else
 * waiting. Resolves when all are settled, or `signal` says to stop: the rest is for the next process.
 */
export async function recoverIntents(
  context: ProxyContext,
  intents: readonly SpoolIntent[],
  signal: AbortSignal,
): Promise<void> {
  let left = intents.flatMap((intent) => readIntent(context, intent));
  context.events.recoveryBegun(left.length);
  for (let pauseMs = firstPauseMs; left.length > 0; pauseMs = Math.min(2 * pauseMs, pauseMsMax)) {
    left = await settleRound(context, left, signal);
    context.events.recoveryAdvanced(left.length);
    if (signal.aborted || left.length === 0) return;
    await wait(pauseMs * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => undefined);
  }
}

function readIntent({ events }: ProxyContext, intent: SpoolIntent): DispatchedRequest[] {
  const parsed = dispatchedRequest.safeParse(intent.body);
  if (parsed.success) return [parsed.data];
  events.intentUnreadable(intent.eventId, parsed.error);
  return [];
}

/** Tries each once, some at a time; answers those that are not settled yet. */
async function settleRound(
  context: ProxyContext,
  requests: readonly DispatchedRequest[],
  signal: AbortSignal,
): Promise<DispatchedRequest[]> {
  const queue = requests.values();
  const left: DispatchedRequest[] = [];
  const work = async () => {
    for (const request of queue) {
      if (signal.aborted || !(await recoverRequest(context, request))) left.push(request);
    }
  };
  await Promise.all(Array.from({ length: Math.min(workersMax, requests.length) }, work));
  return left;
}

async function recoverRequest(context: ProxyContext, request: DispatchedRequest): Promise<boolean> {
  const ageMs = Math.max(0, context.now() - Date.parse(request.dispatchedAt));
  const settled = await judgeIntent(context, request, ageMs > patienceMs);
  if (settled === null) return false;
  const failure = new AppError('internal_error', { internal: 'the process died while the request ran' });
  recordSettlement(context, request, { failure, latencyMs: ageMs, ttftMs: null }, settled);
  return true;
}

/** Null where the provider has to be asked again. */
async function judgeIntent(
  context: ProxyContext,
  request: DispatchedRequest,
  isPatienceOver: boolean,
): Promise<Settled | null> {
  const record = await findUsageRecord(context, request);
  switch (record.result) {
    case 'found':
      return { outcome: 'failed', charge: chargeUsage(record.usage, request) };
    case 'absent':
      return { outcome: 'void', charge: noCharge };
    case 'none':
      return { outcome: 'failed', charge: estimateCharge(request, 0) };
    case 'unknown':
      return isPatienceOver ? { outcome: 'failed', charge: estimateCharge(request, 0) } : null;
  }
}
