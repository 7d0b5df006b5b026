import { randomUUID } from 'node:crypto';
import { type UsageRecorded, usageRecorded } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { judgeUsage } from './judge-usage.ts';
import { priceUsage } from './price-usage.ts';

const orgId = randomUUID();

/** A completed request that costs `costNanoUsd`, one unit of output for each. */
function usageEvent({
  costNanoUsd = 1000,
  ...changes
}: Partial<UsageRecorded> & { costNanoUsd?: number }): UsageRecorded {
  const requestId = randomUUID();
  const usage = changes.usage ?? { inputUncached: 12, outputText: costNanoUsd };
  const price = changes.price ?? { version: 'test-1', rates: { inputUncached: '0', outputText: '1000' } };
  return {
    ...{ schema: 'usage.recorded/1', eventId: requestId, requestId, attempt: 1, attempts: [] },
    ...{
      spool: { id: 'spool', epoch: 1, seq: 1 },
      time: '2026-11-20T10:00:00.000Z',
      orgId,
      userId: orgId,
      keyId: null,
    },
    ...{ operation: 'chat.completions', provider: 'openai', model: 'gpt-4o-mini', usage, price },
    ...{ amountNanoUsd: priceUsage(usage, price.rates).toString(), estimated: false, outcome: 'completed' },
    ...{ errorCode: null, isStreamed: false, latencyMs: 10, ttftMs: null, cache: 'bypass' },
    ...changes,
  };
}

function voidEvent(changes: Partial<UsageRecorded>): UsageRecorded {
  return usageEvent({ usage: {}, outcome: 'void', errorCode: 'upstream_unreachable', ...changes });
}

describe('judgeUsage', () => {
  it('charges the price of the usage', () => {
    const event = usageEvent({ orgId, costNanoUsd: 34 });
    expect(judgeUsage(event)).toEqual({ result: 'chargeable', amountNanoUsd: 34n });
  });

  it.each(['33', '35', '0', '-34'])('refuses the amount %s where 34 is right', (amountNanoUsd) => {
    const event = { ...usageEvent({ orgId, costNanoUsd: 34 }), amountNanoUsd };
    expect(judgeUsage(event)).toEqual({ result: 'refused', reason: 'amount_mismatch' });
  });

  it('computes a price in two tiers as the proxy did, from the event as it came', () => {
    const plain = { inputUncached: '1250000', cacheRead: '125000', outputText: '10000000' };
    const dear = { inputUncached: '2500000', cacheRead: '250000', outputText: '15000000' };
    const price = { version: 'gemini-2.5-pro@1', rates: { ...plain, above: { inputTokens: 200_000, rates: dear } } };
    const charge = (inputUncached: number, change = {}) => {
      const event = {
        ...usageEvent({ orgId, price, usage: { inputUncached, cacheRead: 1, outputText: 10 } }),
        ...change,
      };
      return judgeUsage(usageRecorded.parse(JSON.parse(JSON.stringify(event))));
    };

    expect(charge(199_999)).toEqual({ result: 'chargeable', amountNanoUsd: 250_098_875n });
    expect(charge(200_000)).toEqual({ result: 'chargeable', amountNanoUsd: 500_150_250n });
    // What it would be at the lower tier.
    expect(charge(200_000, { amountNanoUsd: '250100125' })).toEqual({ result: 'refused', reason: 'amount_mismatch' });
  });

  it('charges nothing for a void attempt, and refuses one that claims an amount', () => {
    expect(judgeUsage(voidEvent({ orgId }))).toEqual({ result: 'chargeable', amountNanoUsd: 0n });
    expect(judgeUsage(voidEvent({ orgId, usage: { outputText: 1 }, amountNanoUsd: '1' }))).toEqual({
      ...{ result: 'refused', reason: 'void_with_amount' },
    });
  });

  it('I22: refuses usage that its price has no rate for, rather than charging nothing', () => {
    const event = usageEvent({ orgId, usage: { outputText: 1 } });
    expect(judgeUsage({ ...event, usage: { outputReasoning: 5 }, amountNanoUsd: '0' })).toEqual({
      ...{ result: 'refused', reason: 'unpriced_usage' },
    });
  });

  it('refuses a charge of more than a million dollars, and takes one of exactly that', () => {
    const price = { version: 'test-1', rates: { outputText: '1000000' } };
    const charge = (outputText: number) => judgeUsage(usageEvent({ price, usage: { outputText } }));
    expect(charge(1_000_000_000_000)).toEqual({ result: 'chargeable', amountNanoUsd: 1_000_000_000_000_000n });
    const dear = { version: 'test-1', rates: { outputText: '1000001' } };
    expect(judgeUsage(usageEvent({ price: dear, usage: { outputText: 1_000_000_000_000 } }))).toEqual({
      ...{ result: 'refused', reason: 'amount_out_of_bounds' },
    });
  });

  it.each<[string, Partial<UsageRecorded>]>([
    ['time_out_of_bounds', { time: '0001-01-01T00:00:00.000Z' }],
    ['time_out_of_bounds', { time: '2019-12-31T23:59:59.999Z' }],
    ['time_out_of_bounds', { time: '2200-01-01T00:00:00.000Z' }],
    ['time_out_of_bounds', { time: '9999-12-31T23:59:59.999Z' }],
    ['unstorable_text', { model: 'a\u0000b' }],
    ['unstorable_text', { provider: '\ud800' }],
    ['unstorable_text', { eventId: 'event\u0000' }],
    ['usage_out_of_bounds', { usage: { inputUncached: 10 ** 12 + 1 } }],
    ['latency_out_of_bounds', { latencyMs: 10 ** 10 + 1 }],
  ])('refuses as %s what no database takes: %j', (reason, change) => {
    expect(judgeUsage(usageEvent(change))).toEqual({ result: 'refused', reason });
  });
});
