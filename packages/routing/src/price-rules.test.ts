import { type PriceRule, routingSnapshot } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { findModelRow, listModels } from './list-models.ts';
import { planRoute } from './plan-route.ts';
import { PriceRules } from './price-rules.ts';
import { indexSnapshot } from './snapshot-index.ts';
import { sampleModel, sampleProvider, sampleRequest, sampleView } from './testing/sample-snapshot.ts';

const own = '0192f0c0-0000-7000-8000-00000000000a';
const other = '0192f0c0-0000-7000-8000-00000000000b';
const list = { version: 'p@1', rates: { inputUncached: '1000', outputText: '2000' } };

const index = (priceRules: PriceRule[]) =>
  indexSnapshot(
    routingSnapshot.parse({
      ...{ version: 1, epoch: 1, routes: [], priceRules },
      providers: [
        sampleProvider('a', [sampleModel('m', { costVersion: 'p0' }), sampleModel('lone')]),
        sampleProvider('b', [sampleModel('m')]),
      ],
      prices: { p1: list.rates, p0: { inputUncached: '500', outputText: '500' } },
    }),
  );
const plan = (priceRules: PriceRule[], model: string, organizationId: string, more = {}) =>
  planRoute(index(priceRules), sampleRequest(model, { organizationId, ...more }), sampleView(), () => 0.5).targets;
const inputRate = (priceRules: PriceRule[], model: string, organizationId: string) =>
  plan(priceRules, model, organizationId)[0]?.candidate.price.rates.inputUncached;

describe('markups and discounts', () => {
  it('take the narrowest pattern of the organisation, else the narrowest of all', () => {
    const rules = new PriceRules([
      { models: '*', multiplierPpm: 2_000_000 },
      { models: 'a/gpt-*', multiplierPpm: 3_000_000 },
      { organizationId: own, models: 'a/*', multiplierPpm: 500_000 },
    ]);
    const rate = (name: string, organizationId: string | null) =>
      rules.apply(name, list, organizationId).rates.inputUncached;

    expect(rate('a/gpt-4', other)).toBe('3000');
    expect(rate('a/gpt-4', null)).toBe('3000');
    expect(rate('b/x', other)).toBe('2000');
    expect(rate('a/gpt-4', own)).toBe('500');
    expect(rate('b/gpt-4', own)).toBe('2000');
  });

  it('read a pattern as text but for the star', () => {
    const rules = new PriceRules([{ models: 'a/gpt-4.1*', multiplierPpm: 0 }]);

    expect(rules.apply('a/gpt-4.1-mini', list, null).rates.inputUncached).toBe('0');
    expect(rules.apply('a/gpt-401', list, null)).toBe(list);
  });

  it('price a request of the organisation, also where one target alone serves it', () => {
    const rules: PriceRule[] = [{ organizationId: own, models: '*', multiplierPpm: 1_250_000 }];

    expect(inputRate(rules, 'lone', own)).toBe('1250');
    expect(inputRate(rules, 'lone', other)).toBe('1000');
    expect(inputRate(rules, 'a/m', own)).toBe('1250');
  });

  it('leave what the provider charges as it is', () => {
    const rules: PriceRule[] = [{ models: '*', multiplierPpm: 1_250_000 }];

    expect(plan(rules, 'a/m', other)[0]?.candidate.price.cost).toMatchObject({ version: 'p0' });
    expect(plan(rules, 'lone', other)[0]?.candidate.price.cost).toMatchObject({ version: 'p1', rates: list.rates });
  });

  it('count in the order by price and in max_price', () => {
    const rules: PriceRule[] = [{ organizationId: own, models: 'a/*', multiplierPpm: 2_000_000 }];
    const names = (organizationId: string, more = {}) =>
      plan(rules, 'm', organizationId, more).map(({ candidate }) => candidate.provider.name);

    expect(names(own)).toEqual(['b', 'a']);
    expect(names(own, { preferences: { max_price: { prompt: 0.001 } } })).toEqual(['b']);
    expect(names(other, { preferences: { max_price: { prompt: 0.001 } } })).toHaveLength(2);
  });

  it('are in the list of models that the organisation sees', () => {
    const served = index([{ organizationId: own, models: 'a/lone', multiplierPpm: 2_000_000 }]);
    const promptOf = (organizationId: string | null) => findModelRow(served, 'lone', organizationId)?.pricing.prompt;

    expect(promptOf(own)).toBe('0.000000002');
    expect(promptOf(other)).toBe('0.000000001');
    expect(promptOf(null)).toBe('0.000000001');
    expect(listModels(served, own).find(({ id }) => id === 'lone')?.pricing.prompt).toBe('0.000000002');
    expect(listModels(served, own).map(({ id }) => id)).toEqual(listModels(served).map(({ id }) => id));
  });
});
