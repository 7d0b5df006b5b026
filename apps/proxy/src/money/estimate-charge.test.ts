import type { Rates } from '@aggregator/contracts';
import { priceWorstCase } from '@aggregator/pricing';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { estimateCharge } from './estimate-charge.ts';

const plain: Rates = { inputUncached: '150000', outputText: '600000' };
const priced = (rates: Rates) => ({
  price: { version: 'p/1', rates },
  ...{ model: 'gpt-4o', inputTokensMax: 1000, outputTokensMax: 200, inputTokensEstimate: 300 },
});

describe('an estimate', () => {
  it('counts the prompt and what was delivered with a tokenizer, is flagged, and records how it was made', () => {
    const prompt = { texts: ['hello world'], messages: 1, tools: [], pictures: [] };
    const delivered = { characters: 24, texts: ['one two three '] };

    expect(estimateCharge(priced(plain), delivered, prompt)).toMatchObject({
      usage: { inputUncached: 9, outputText: 7 },
      estimated: true,
      estimate: { method: 'o200k_base', version: 'gpt-tokenizer@4.0.0/1', errorBandPercent: 5 },
    });
  });

  it('takes the prompt by its bytes if that is all that is known, and says so', () => {
    expect(estimateCharge(priced(plain), { characters: 10 }, null)).toMatchObject({
      usage: { inputUncached: 300, outputText: 4 },
      ...{ estimated: true, estimate: { method: 'bytes/3', errorBandPercent: 100 } },
    });
  });

  it('is never above the hold for any answer', () => {
    const worst = priceWorstCase({ inputTokensMax: 1000, outputTokensMax: 200, requests: 1 }, plain);
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.nat(10_000), (characters, inputTokensEstimate) => {
        const charge = estimateCharge({ ...priced(plain), inputTokensEstimate }, { characters }, null);
        expect(charge.amountNanoUsd).toBeLessThanOrEqual(worst);
      }),
    );
  });

  it('is never above the hold for any prompt and any answer', () => {
    const worst = priceWorstCase({ inputTokensMax: 1000, outputTokensMax: 200, requests: 1 }, plain);
    fc.assert(
      fc.property(fc.string({ maxLength: 6000 }), fc.nat(6000), (text, characters) => {
        const prompt = { texts: [text], messages: 3, tools: [text], pictures: [{ url: text, detail: null }] };
        const charge = estimateCharge(priced(plain), { characters, texts: [text] }, prompt);
        expect(charge.amountNanoUsd).toBeLessThanOrEqual(worst);
      }),
      { numRuns: 50 },
    );
  });

  it('is never above the hold at a price in two tiers either, wherever the border is', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(2000), fc.nat(1500), (characters, inputTokensEstimate, at) => {
        const above = { inputTokens: at + 1, rates: { inputUncached: '300000', outputText: '900000' } };
        const rates: Rates = { ...plain, above };
        const worst = priceWorstCase({ inputTokensMax: 1000, outputTokensMax: 200, requests: 1 }, rates);
        const charge = estimateCharge({ ...priced(rates), inputTokensEstimate }, { characters }, null);
        expect(charge.amountNanoUsd).toBeLessThanOrEqual(worst);
      }),
    );
  });
});
