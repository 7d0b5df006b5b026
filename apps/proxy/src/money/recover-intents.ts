import { setTimeout as wait } from 'node:timers/promises';
import { AppError } from '@aggregator/contracts';
import { jitteredPauseAfter } from '@aggregator/resilience';
import type { AbandonedIntent } from '@aggregator/spool';
import type { ProxyContext } from '../proxy-context.ts';
import { chargeUsage, noCharge } from './charge.ts';
import { attemptIdOf, type DispatchedRequest, dispatchedRequest } from './dispatched-request.ts';
import { estimateCharge } from './estimate-charge.ts';
import { findUsageRecord, type UsageRecordContext } from './find-usage-record.ts';
import { type CorrectableContext, settleCorrectably } from './settle-request.ts';
import type { Settled } from './settled.ts';

const workersMax = 8;
const nothingDelivered = { characters: 0 };
const backOff = { firstMs: 1000, longestMs: 60_000 };
/** A provider that cannot be asked for a day is not waited for any longer. */
const patienceMs = 86_400_000;
/** A provider is asked for at least this long, for any age that the machine's clock gives a request. */
const patienceMsMin = 600_000;

type RecoveryContext = CorrectableContext & UsageRecordContext & Pick<ProxyContext, 'bootId' | 'monotonicNow'>;

/** An intent as it was left, with the mark of the attempt that was sent; null if none was. */
interface LeftRequest {
  readonly request: DispatchedRequest;
  readonly mark: string | null;
}

/**
 * Settles what an earlier process left open, each request once. A request whose call never began costs nothing. A provider that keeps records is asked until it answers;
 * for others the input is charged by estimate. Goes round by round, so that a provider that is away keeps no other provider
 * waiting. Resolves when all are settled, or `signal` says to stop: the rest is for the next process.
 */
export async function recoverIntents(
  context: RecoveryContext,
  intents: readonly AbandonedIntent[],
  signal: AbortSignal,
): Promise<void> {
  const begunMs = context.monotonicNow();
  let left = intents.flatMap((intent) => readIntent(context, intent));
  context.events.recoveryBegun(left.length);
  for (let rounds = 1; left.length > 0; rounds += 1) {
    left = await settleRound(context, left, context.monotonicNow() - begunMs, signal);
    context.events.recoveryAdvanced(left.length);
    if (signal.aborted || left.length === 0) return;
    await wait(jitteredPauseAfter(rounds, backOff, Math.random), undefined, { signal }).catch(() => undefined);
  }
}

function readIntent({ events }: Pick<RecoveryContext, 'events'>, intent: AbandonedIntent): LeftRequest[] {
  const parsed = dispatchedRequest.safeParse(intent.body);
  if (parsed.success) return [{ request: parsed.data, mark: intent.mark }];
  events.intentUnreadable(intent.eventId, parsed.error);
  return [];
}

/** Tries each once, some at a time; answers those that are not settled yet. */
async function settleRound(
  context: RecoveryContext,
  requests: readonly LeftRequest[],
  askedMs: number,
  signal: AbortSignal,
): Promise<LeftRequest[]> {
  const queue = requests.values();
  const left: LeftRequest[] = [];
  const work = async () => {
    for (const request of queue) {
      if (signal.aborted || !(await recoverRequest(context, request, askedMs))) left.push(request);
    }
  };
  await Promise.all(Array.from({ length: Math.min(workersMax, requests.length) }, work));
  return left;
}

/** @param askedMs since this process asks for what was left. */
async function recoverRequest(
  context: RecoveryContext,
  { request, mark }: LeftRequest,
  askedMs: number,
): Promise<boolean> {
  const ageMs = Math.max(0, context.now() - Date.parse(request.dispatchedAt));
  const settled = isNeverSent(context, request, mark)
    ? ({ outcome: 'void', charge: noCharge } as const)
    : await judgeIntent(context, request, isPatienceOver(ageMs, askedMs));
  if (settled === null) return false;
  const failure = new AppError('internal_error', { internal: 'the process died while the request ran' });
  await settleCorrectably(context, request, { failure, latencyMs: ageMs, ttftMs: null }, settled);
  return true;
}

/**
 * True if the absence of the mark proves that no byte of the attempt went out: the mark is written before the first byte, and
 * what was written before a kill is still there within one run of the kernel.
 */
function isNeverSent(
  { bootId }: Pick<RecoveryContext, 'bootId'>,
  request: DispatchedRequest,
  mark: string | null,
): boolean {
  return typeof request.bootId === 'string' && request.bootId === bootId && mark !== attemptIdOf(request);
}

/** The age is by the clock of the machine, which may jump; the time of asking is not, but begins again with each process. */
function isPatienceOver(ageMs: number, askedMs: number): boolean {
  return askedMs > patienceMs || (ageMs > patienceMs && askedMs > patienceMsMin);
}

/** Null where the provider has to be asked again. */
async function judgeIntent(
  context: UsageRecordContext,
  request: DispatchedRequest,
  mayEstimate: boolean,
): Promise<Settled | null> {
  const record = await findUsageRecord(context, request);
  switch (record.result) {
    case 'found':
      return { outcome: 'failed', charge: chargeUsage(record.usage, request) };
    case 'absent':
      return { outcome: 'void', charge: noCharge };
    case 'none':
      return { outcome: 'failed', charge: estimateCharge(request, nothingDelivered, null) };
    case 'unknown':
      return mayEstimate
        ? { outcome: 'failed', charge: estimateCharge(request, nothingDelivered, null), mayBeCorrected: true }
        : null;
  }
}
