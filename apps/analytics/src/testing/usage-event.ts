import { type UsageRecorded, usageComponents } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';

export const orgId = '0192f0c0-0000-7000-8000-0000000000a1';
export const otherOrgId = '0192f0c0-0000-7000-8000-0000000000a2';
export const userId = '0192f0c0-0000-7000-8000-0000000000b1';
export const otherUserId = '0192f0c0-0000-7000-8000-0000000000b2';
export const keyId = '0192f0c0-0000-7000-8000-0000000000c1';

const free = Object.fromEntries(usageComponents.map((component) => [component, '0']));

/**
 * A usage event with a new id, with what matters to a test put in. A given amount is the price of the request, and
 * tokens are free then; a void event costs nothing.
 */
export function usageEvent(changes: Partial<UsageRecorded> = {}): UsageRecorded {
  const requestId = changes.requestId ?? createUuidV7();
  if (changes.outcome === 'void') changes = { ...changes, amountNanoUsd: '0' };
  else if (changes.amountNanoUsd !== undefined && changes.price === undefined) {
    const requests = `${changes.amountNanoUsd}000`;
    changes = {
      ...changes,
      usage: { inputUncached: 10, outputText: 5, ...changes.usage, requests: 1 },
      price: { version: 'test@1', rates: { ...free, requests } },
    };
  }
  return {
    schema: 'usage.recorded/1',
    eventId: requestId,
    requestId,
    attempt: 1,
    attempts: [{ provider: 'openai', model: 'gpt-4o-mini', errorCode: null, latencyMs: 100 }],
    spool: { id: 'proxy-0', epoch: 1, seq: 1 },
    time: '2026-11-21T10:15:00.000Z',
    orgId,
    userId,
    keyId,
    operation: 'chat.completions',
    provider: 'openai',
    model: 'gpt-4o-mini',
    usage: { inputUncached: 10, outputText: 5 },
    price: { version: 'openai/gpt-4o-mini@1', rates: { inputUncached: '150000', outputText: '600000' } },
    amountNanoUsd: '4500',
    estimated: false,
    outcome: 'completed',
    errorCode: null,
    isStreamed: false,
    latencyMs: 100,
    ttftMs: null,
    cache: 'miss',
    ...changes,
  };
}
