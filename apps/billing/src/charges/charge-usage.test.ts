import { randomUUID } from 'node:crypto';
import { usageRecorded } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { usageEvent, voidEvent } from '../testing/usage-event.ts';
import { chargeUsage } from './charge-usage.ts';

const orgId = randomUUID();

describe('chargeUsage', () => {
  it('charges what usage and price come to', () => {
    const event = usageEvent({ orgId, costNanoUsd: 34 });
    expect(chargeUsage(event)).toEqual({ result: 'chargeable', amountNanoUsd: 34n });
  });

  it.each(['33', '35', '0', '-34'])('refuses the amount %s where 34 is right', (amountNanoUsd) => {
    const event = { ...usageEvent({ orgId, costNanoUsd: 34 }), amountNanoUsd };
    expect(chargeUsage(event)).toEqual({ result: 'refused', reason: 'amount_mismatch' });
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
      return chargeUsage(usageRecorded.parse(JSON.parse(JSON.stringify(event))));
    };

    expect(charge(199_999)).toEqual({ result: 'chargeable', amountNanoUsd: 250_098_875n });
    expect(charge(200_000)).toEqual({ result: 'chargeable', amountNanoUsd: 500_150_250n });
    // What it would be at the lower tier.
    expect(charge(200_000, { amountNanoUsd: '250100125' })).toEqual({ result: 'refused', reason: 'amount_mismatch' });
  });

  it('charges nothing for a void attempt, and refuses one that claims an amount', () => {
    expect(chargeUsage(voidEvent({ orgId }))).toEqual({ result: 'chargeable', amountNanoUsd: 0n });
    expect(chargeUsage(voidEvent({ orgId, usage: { outputText: 1 }, amountNanoUsd: '1' }))).toEqual({
      ...{ result: 'refused', reason: 'void_with_amount' },
    });
  });

  it('I22: refuses usage that its price has no rate for, rather than charging nothing', () => {
    const event = usageEvent({ orgId, usage: { outputText: 1 } });
    expect(chargeUsage({ ...event, usage: { outputReasoning: 5 }, amountNanoUsd: '0' })).toEqual({
      ...{ result: 'refused', reason: 'unpriced_usage' },
    });
  });

  it('refuses a charge of more than a million dollars', () => {
    expect(chargeUsage(usageEvent({ orgId, costNanoUsd: 1_000_000_000_000_001 }))).toEqual({
      ...{ result: 'refused', reason: 'amount_out_of_bounds' },
    });
  });
});
