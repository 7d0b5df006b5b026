import type { UsageRecorded } from '@aggregator/contracts';

const rates = { inputUncached: '150000', cacheRead: '75000', outputText: '600000' };

/** The id of a number: the same in each run, and in the order of the numbers. */
export function sampleId(index: number): string {
  return `0190a000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** A completed chat as a proxy reports it, the same in each run for the same number and payer. */
export function sampleEvent(index: number, orgId: string): UsageRecorded {
  const requestId = sampleId(index + 2 ** 32);
  const usage = { inputUncached: 900 + (index % 100), cacheRead: 100, outputText: 200 + (index % 50) };
  const pico = usage.inputUncached * 150_000 + usage.cacheRead * 75_000 + usage.outputText * 600_000;
  return {
    ...{ schema: 'usage.recorded/1', eventId: requestId, requestId, attempt: 1, orgId, keyId: orgId, userId: orgId },
    attempts: [{ provider: 'openai', model: 'gpt-4o-mini', errorCode: null, latencyMs: 700 }],
    spool: { id: `proxy-${index % 4}`, epoch: 1, seq: Math.floor(index / 4) + 1 },
    ...{ time: '2026-11-20T10:00:00.000Z', operation: 'chat.completions', provider: 'openai', model: 'gpt-4o-mini' },
    ...{ usage, price: { version: 'openai/gpt-4o-mini@0123456789abcdef', rates }, estimated: false },
    amountNanoUsd: String(Math.ceil(pico / 1000)),
    ...{ outcome: 'completed', errorCode: null, isStreamed: true, latencyMs: 700, ttftMs: 200, cache: 'miss' },
  };
}
