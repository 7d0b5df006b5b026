import { usageRecorded } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { describeCharge } from './usage-charge.ts';

const event = usageRecorded.parse({
  ...{ schema: 'usage.recorded/1', eventId: 'e', requestId: '0190a000-0000-7000-8000-000000000001', attempt: 1 },
  ...{ attempts: [], spool: { id: 's', epoch: 1, seq: 1 }, time: '2026-11-30T10:00:00.000Z' },
  ...{ orgId: '0190a000-0000-7000-8000-000000000002', userId: '0190a000-0000-7000-8000-000000000003', keyId: null },
  ...{ operation: 'images.generations', provider: 'shop', model: 'painter', usage: {} },
  ...{ price: { version: 'p/1', rates: { inputUncached: '0', images: '1' } }, amountNanoUsd: '0', estimated: false },
  ...{ outcome: 'completed', errorCode: null, isStreamed: false, latencyMs: 1, ttftMs: null, cache: 'bypass' },
});

describe('the description of a charge', () => {
  it.each([
    [{ inputUncached: 10, cacheRead: 2, outputText: 3, outputReasoning: 4 }, 'painter via shop: 12 in, 7 out'],
    [{ images: 1 }, 'painter via shop: 0 in, 0 out, 1 picture'],
    [{ inputUncached: 5, images: 2, requests: 1 }, 'painter via shop: 5 in, 0 out, 2 pictures'],
  ])('names the tokens and the pictures of %j', (usage, description) => {
    expect(describeCharge({ ...event, usage })).toBe(description);
  });
});
