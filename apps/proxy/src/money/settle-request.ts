import type { AttemptSummary } from '@aggregator/contracts';
import { formatNanoUsd, inputComponents, outputComponents } from '@aggregator/pricing';
import type { Prompt } from '@aggregator/tokens';
import type { ProxyContext } from '../proxy-context.ts';
import { type Charge, chargeUsage, noCharge } from './charge.ts';
import { type DispatchedRequest, toSubject } from './dispatched-request.ts';
import { estimateLeft, estimateMissing, lacksSide } from './estimate-left.ts';
import { findUsageRecord, type UsageRecordContext } from './find-usage-record.ts';
import { toActualCosts } from './limit-subjects.ts';
import { releaseHold } from './release-hold.ts';
import type { AttemptEnd, Settled } from './settled.ts';

/** Parts that write a settlement and release its hold. */
export type SettlementContext = Pick<ProxyContext, 'admission' | 'events' | 'now' | 'spool'>;
/** The same, for a charge that may be corrected later. */
export type CorrectableContext = SettlementContext & Pick<ProxyContext, 'corrections'>;
/** Parts that settle a request after any end of its attempts. */
export type SettleContext = CorrectableContext & JudgeContext;

type JudgeContext = UsageRecordContext & Pick<ProxyContext, 'isClosing'>;

/**
 * The one end of a dispatched request: what it costs goes to the spool, what was held goes back. Where the provider has to
 * be asked and cannot be while this process is closing, the intent stays as it is and the next process settles it.
 * @param readPrompt Called if the charge has to be estimated.
 */
export async function settleRequest(
  context: SettleContext,
  request: DispatchedRequest,
  end: AttemptEnd,
  readPrompt: () => Prompt,
): Promise<void> {
  const settled = await judgeEnd(context, request, end, readPrompt);
  if (settled === null) context.events.settlementLeft(request);
  else await settleCorrectably(context, request, end, settled);
}

/** Writes the settlement; before it, the correction that an estimate waits for, if its provider may still give a record. */
export async function settleCorrectably(
  context: CorrectableContext,
  request: DispatchedRequest,
  end: Pick<AttemptEnd, 'failure' | 'latencyMs' | 'ttftMs' | 'attempts'>,
  settled: Settled,
): Promise<void> {
  const time = new Date(context.now()).toISOString();
  if (settled.mayBeCorrected && context.spool.hasOpenIntent(request.requestId)) {
    const { usage, amountNanoUsd } = settled.charge;
    await context.corrections.add(request, { time, usage, amountNanoUsd: formatNanoUsd(amountNanoUsd) });
  }
  recordSettlement(context, request, end, settled, time);
}

/** Writes the settlement, unless there is one already, and gives back the hold. */
export function recordSettlement(
  context: SettlementContext,
  request: DispatchedRequest,
  end: Pick<AttemptEnd, 'failure' | 'latencyMs' | 'ttftMs' | 'attempts'>,
  { outcome, charge, cache = 'bypass' }: Settled,
  time = new Date(context.now()).toISOString(),
): void {
  const isFirst = context.spool.appendSettlement({
    schema: 'usage.recorded/1',
    eventId: request.requestId,
    requestId: request.requestId,
    attempt: request.attempt,
    attempts: [...(end.attempts ?? toAttempts(request, end))],
    time,
    ...toSubject(request),
    usage: charge.usage,
    ...(charge.reportedUsage !== null && { reportedUsage: charge.reportedUsage }),
    ...(charge.estimate !== null && { estimate: charge.estimate }),
    price: request.price,
    amountNanoUsd: formatNanoUsd(charge.amountNanoUsd),
    ...(request.budgets != null && { budgets: request.budgets }),
    ...(request.traceparent != null && { traceparent: request.traceparent }),
    ...(request.fingerprint !== undefined && { fingerprint: request.fingerprint }),
    estimated: charge.estimated,
    outcome,
    errorCode: end.failure?.code ?? null,
    isStreamed: request.isStreamed,
    latencyMs: Math.round(end.latencyMs),
    ttftMs: end.ttftMs === null ? null : Math.round(end.ttftMs),
    cache,
  });
  if (!isFirst) return;
  void releaseHold(context, {
    orgId: request.orgId,
    requestId: request.requestId,
    actualNanoUsd: charge.amountNanoUsd,
    actualCosts: toActualCosts(request, countTokens(charge.usage)),
  });
  context.events.requestFinished(request, end, { outcome, charge });
}

/** Returns the earlier attempts and the last one; none if the request has no numbered attempt. */
function toAttempts(
  { attempt, earlier, provider, model }: DispatchedRequest,
  { failure, latencyMs }: Pick<AttemptEnd, 'failure' | 'latencyMs'>,
): AttemptSummary[] {
  if (attempt === 0) return [];
  const spentMs = earlier.reduce((sum, one) => sum + one.latencyMs, 0);
  const own = Math.max(0, Math.round(latencyMs) - spentMs);
  return [...earlier, { provider: provider.name, model, errorCode: failure?.code ?? null, latencyMs: own }];
}

/** Null where only the provider knows, cannot be asked, and this process is about to end. */
async function judgeEnd(
  context: JudgeContext,
  request: DispatchedRequest,
  end: AttemptEnd,
  readPrompt: () => Prompt,
): Promise<Settled | null> {
  const { outcome } = end;
  const readDelivered = () => ({ characters: end.outputCharacters, texts: end.readTexts?.() ?? [] });
  const estimate = () => ({
    outcome,
    charge: estimateLeft(request, end.partialUsage ?? null, readDelivered(), readPrompt),
  });
  if (end.charge !== null) return { outcome, charge: end.charge };
  if (!end.isSent) return { outcome: outcome === 'failed' ? 'failed' : 'void', charge: noCharge };
  // A failure before any output costs the caller nothing, also if it cost us something.
  if (outcome === 'failed' && end.outputCharacters === 0) return { outcome, charge: noCharge };
  if (end.usage !== null && lacksSide(end.usage, end.outputCharacters)) {
    return { outcome, charge: estimateMissing(request, end.usage, readDelivered(), readPrompt) };
  }
  if (end.usage !== null) return { outcome, charge: chargeUsage(end.usage, request) };
  const record = await findUsageRecord(context, request);
  switch (record.result) {
    case 'found':
      return { outcome, charge: chargeUsage(record.usage, request) };
    case 'absent':
      return { outcome: 'void', charge: noCharge };
    case 'unknown':
      return context.isClosing() ? null : { ...estimate(), mayBeCorrected: true };
    case 'none':
      return estimate();
  }
}

function countTokens(usage: Charge['usage']): number {
  const tokens = [...inputComponents, ...outputComponents];
  return tokens.reduce((sum, component) => sum + (usage[component] ?? 0), 0);
}
