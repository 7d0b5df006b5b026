import { routingSnapshot } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { listOffers } from './list-offers.ts';
import { indexSnapshot } from './snapshot-index.ts';
import { sampleCandidate, sampleModel, sampleProvider, sampleRoute } from './testing/sample-snapshot.ts';

const organizationId = '0190a000-0000-7000-8000-00000000000a';
const other = '0190a000-0000-7000-8000-00000000000b';
const index = indexSnapshot(
  routingSnapshot.parse({
    version: 1,
    epoch: 1,
    providers: [
      sampleProvider('first', [
        sampleModel('dear', { priceVersion: 'dear' }),
        sampleModel('none', { priceVersion: null }),
      ]),
      sampleProvider('second', [
        sampleModel('cheap', { priceVersion: 'cheap' }),
        sampleModel('dear', { priceVersion: 'cheap' }),
      ]),
    ],
    routes: [sampleRoute('alias', [sampleCandidate('first', 'dear')])],
    prices: { dear: { inputUncached: '9', outputText: '9' }, cheap: { inputUncached: '1', outputText: '1' } },
    priceRules: [{ organizationId, models: 'first/*', multiplierPpm: 2_000_000 }],
  }),
);

describe('listOffers', () => {
  it('returns each priced model of each provider once, the cheapest first, at the price of the organisation', () => {
    const shown = listOffers(index, organizationId, 10).map(({ provider, model, price }) => [
      ...[provider.name, model.id, price.rates.inputUncached],
    ]);
    expect(shown.at(-1)).toEqual(['first', 'dear', '18']);
    expect(shown.slice(0, 2).sort()).toEqual([
      ['second', 'cheap', '1'],
      ['second', 'dear', '1'],
    ]);
    expect(shown).toHaveLength(3);
    expect(listOffers(index, other, 10).at(-1)?.price.rates.inputUncached).toBe('9');
  });

  it('returns no more than was asked for', () => {
    expect(listOffers(index, organizationId, 2).map(({ provider }) => provider.name)).toEqual(['second', 'second']);
  });
});
