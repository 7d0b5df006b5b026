import { randomUUID } from 'node:crypto';
import { toCorrectionId, type UsageCorrected, type UsageRecorded } from '@aggregator/contracts';
import type { ConsumedRecord } from '@aggregator/messaging';
import { priceUsage } from '@aggregator/pricing';

let seq = 0;

/** A completed request that costs `costNanoUsd` by default. */
export function usageEvent(
  facts: Partial<UsageRecorded> & { orgId: string; costNanoUsd?: number | bigint },
): UsageRecorded {
  const { costNanoUsd = 1000, ...rest } = facts;
  const requestId = rest.requestId ?? randomUUID();
  const attempt = rest.attempt ?? 1;
  // One unit of output for each nano-USD.
  const usage = rest.usage ?? { inputUncached: 12, outputText: Number(costNanoUsd) };
  const price = rest.price ?? { version: 'test-1', rates: { inputUncached: '0', outputText: '1000' } };
  seq += 1;
  return {
    schema: 'usage.recorded/1',
    eventId: `${requestId}/${attempt}`,
    requestId,
    attempt,
    attempts: [{ provider: 'openai', model: 'gpt-4o-mini', errorCode: null, latencyMs: 10 }],
    spool: { id: 'spool-test', epoch: 1, seq },
    time: '2026-11-20T10:00:00.000Z',
    userId: '0190a000-0000-7000-8000-00000000000a',
    keyId: null,
    operation: 'chat.completions',
    provider: 'openai',
    model: 'gpt-4o-mini',
    usage,
    price,
    amountNanoUsd: priceUsage(usage, price.rates).toString(),
    estimated: false,
    outcome: 'completed',
    errorCode: null,
    isStreamed: false,
    latencyMs: 10,
    ttftMs: null,
    cache: 'bypass',
    ...rest,
  };
}

/** An attempt that cost nothing, as a proxy reports it before it tries another provider. */
export function voidEvent(facts: Partial<UsageRecorded> & { orgId: string }): UsageRecorded {
  return usageEvent({ usage: {}, outcome: 'void', errorCode: 'upstream_unreachable', ...facts });
}

/** The provider's record of an estimate: so many nano-USD. */
export function correctionOf(event: UsageRecorded, actualNanoUsd: number): UsageCorrected {
  const { requestId, orgId, userId, keyId, operation, provider, model, price, time, amountNanoUsd } = event;
  const usage = { inputUncached: 12, outputText: actualNanoUsd };
  return {
    ...{ schema: 'usage.corrected/1', eventId: toCorrectionId(requestId), time: '2026-11-20T10:01:00.000Z' },
    ...{ requestId, orgId, userId, keyId, operation, provider, model, price },
    settled: { time, usage: event.usage, amountNanoUsd },
    actual: { usage, amountNanoUsd: priceUsage(usage, price.rates).toString() },
  };
}

export function toRecord(event: unknown, offset = 0): ConsumedRecord {
  const value = typeof event === 'string' ? event : JSON.stringify(event);
  return { topic: 'usage.recorded', partition: 0, offset: String(offset), key: 'org', value };
}
