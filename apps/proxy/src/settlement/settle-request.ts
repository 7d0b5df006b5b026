import type { AppError, Outcome, Usage } from '@aggregator/contracts';
import { formatNanoUsd } from '@aggregator/pricing';
import type { ProxyContext } from '../context.ts';
import { type Charge, chargeUsage, estimateCharge, noCharge } from './charge.ts';
import { attemptIdOf, type DispatchedRequest } from './dispatched-request.ts';
import { findUsageRecord } from './find-usage-record.ts';
import { releaseHold } from './release-hold.ts';

/** What is known of an attempt when it is over. */
export interface AttemptEnd {
  readonly outcome: 'completed' | 'aborted' | 'failed';
  /** Why, where it is not completed. */
  readonly failure: AppError | null;
  /** Something of it may have reached the provider. */
  readonly isSent: boolean;
  /** What the caller was told that it costs; null where nobody was told anything yet. */
  readonly charge: Charge | null;
  /** The provider's final figures, where they came before the end. */
  readonly usage: Usage | null;
  /** UTF-16 units of text, reasoning and arguments that the caller had, or would have had if it had stayed. */
  readonly outputCharacters: number;
  readonly latencyMs: number;
  readonly ttftMs: number | null;
}

export interface Settled {
  readonly outcome: Outcome;
  readonly charge: Charge;
}

/**
 * The one end of a dispatched request: what it costs goes to the spool, what was held goes back. Where the provider has to
 * be asked and cannot be while this process is closing, the intent stays as it is and the next process settles it.
 */
export async function settleRequest(context: ProxyContext, request: DispatchedRequest, end: AttemptEnd): Promise<void> {
  const settled = await judgeEnd(context, request, end);
  if (settled === null) context.events.settlementLeft(request);
  else recordSettlement(context, request, end, settled);
}

/** Writes the settlement, unless there is one already, and gives back the hold. */
export function recordSettlement(
  context: Pick<ProxyContext, 'admission' | 'events' | 'now' | 'spool'>,
  request: DispatchedRequest,
  end: Pick<AttemptEnd, 'failure' | 'latencyMs' | 'ttftMs'>,
  { outcome, charge }: Settled,
): void {
  const isFirst = context.spool.appendSettlement({
    schema: 'usage.recorded/1',
    eventId: attemptIdOf(request),
    requestId: request.requestId,
    attempt: request.attempt,
    time: new Date(context.now()).toISOString(),
    orgId: request.orgId,
    userId: request.userId,
    keyId: request.keyId,
    operation: request.operation,
    provider: request.provider.name,
    model: request.model,
    usage: charge.usage,
    price: request.price,
    amountNanoUsd: formatNanoUsd(charge.amountNanoUsd),
    estimated: charge.estimated,
    outcome,
    errorCode: end.failure?.code ?? null,
    isStreamed: request.isStreamed,
    latencyMs: Math.round(end.latencyMs),
    ttftMs: end.ttftMs === null ? null : Math.round(end.ttftMs),
    cache: 'bypass',
  });
  if (!isFirst) return;
  void releaseHold(context, {
    orgId: request.orgId,
    requestId: request.requestId,
    actualNanoUsd: charge.amountNanoUsd,
    actualCosts: request.tokensSubject === null ? {} : { [request.tokensSubject]: countTokens(charge.usage) },
  });
  context.events.requestFinished(request, end, { outcome, charge });
}

/** Null where only the provider knows, cannot be asked, and this process is about to end. */
async function judgeEnd(context: ProxyContext, request: DispatchedRequest, end: AttemptEnd): Promise<Settled | null> {
  const { outcome } = end;
  if (end.charge !== null) return { outcome, charge: end.charge };
  if (!end.isSent) return { outcome: outcome === 'failed' ? 'failed' : 'void', charge: noCharge };
  // A failure before any output costs the caller nothing, whatever it cost us.
  if (outcome === 'failed' && end.outputCharacters === 0) return { outcome, charge: noCharge };
  if (end.usage !== null) return { outcome, charge: chargeUsage(end.usage, request) };
  const record = await findUsageRecord(context, request);
  switch (record.result) {
    case 'found':
      return { outcome, charge: chargeUsage(record.usage, request) };
    case 'absent':
      return { outcome: 'void', charge: noCharge };
    case 'unknown':
      return context.isClosing() ? null : { outcome, charge: estimateCharge(request, end.outputCharacters) };
    case 'none':
      return { outcome, charge: estimateCharge(request, end.outputCharacters) };
  }
}

function countTokens(usage: Charge['usage']): number {
  const { toolCalls: _toolCalls, requests: _requests, ...tokens } = usage;
  return Object.values(tokens).reduce<number>((sum, units) => sum + (units ?? 0), 0);
}
