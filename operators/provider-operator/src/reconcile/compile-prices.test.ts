import { priceInUsd, providerSpec } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { gathered, sampleProvider } from '../testing/samples.ts';
import { checkProviders } from './checks.ts';

type Model = NonNullable<ReturnType<typeof providerSpec.parse>['models']>[number];

function compile(pricing: Model['pricing']) {
  const models = [{ name: 'm', pricing }];
  const [verdict] = checkProviders(
    gathered([sampleProvider({ name: 'shop', spec: { type: 'Mock', discovery: { mode: 'Static' }, models } })]),
  );
  return verdict?.entry?.models?.[0];
}

describe('the price of a model in a Provider', () => {
  it('of a picture and of a request is that of a million of them', () => {
    expect(compile({ inputPerMillion: '0', perImage: '0.04', perRequest: '0.001' })).toMatchObject({
      operations: ['images.generations'],
      price: { input: '0', images: '40000', requests: '1000' },
    });
    expect(compile({ inputPerMillion: '0', perImage: '12' })?.price).toMatchObject({ images: '12000000' });
  });

  it('of the tokens of a picture is that of a million tokens', () => {
    expect(
      compile({ inputPerMillion: '1', outputPerMillion: '2', imageInputPerMillion: '3', imageOutputPerMillion: '40' }),
    ).toMatchObject({ operations: ['chat.completions'], price: { imageIn: '3', imageOut: '40' } });
  });

  it('can say all that a price of the management API can', () => {
    const prices = providerSpec.shape.models.unwrap().element.shape.pricing.unwrap().shape.above.unwrap().shape.price;
    const names = Object.keys(prices.shape);
    const all = Object.fromEntries(names.map((name, at) => [name, `0.${100_000 + at}`]));
    const price = compile({
      ...all,
      ...{ inputPerMillion: '1', outputPerMillion: '2' },
      above: { inputTokens: 9, price: { ...all, inputPerMillion: '3', outputPerMillion: '4' } },
    })?.price;

    const { above: _above, ...components } = priceInUsd.shape;
    expect(Object.keys(price ?? {}).sort()).toEqual([...Object.keys(components), 'above'].sort());
    expect(Object.keys(price?.above?.price ?? {}).sort()).toEqual(Object.keys(components).sort());
    expect(price).toMatchObject({ input: '1', above: { inputTokens: 9, price: { input: '3' } } });
    expect(price?.toolCalls).toBe(`${100_000 + names.indexOf('perSearch')}`);
  });

  it('of an hour in the cache is that of five minutes unless it is said', () => {
    const write = { inputPerMillion: '1', outputPerMillion: '2', cacheWritePerMillion: '1.25' };
    expect(compile(write)?.price).toMatchObject({ cacheWrite5m: '1.25', cacheWrite1h: '1.25' });
    expect(compile({ ...write, cacheWrite1hPerMillion: '2' })?.price).toMatchObject({ cacheWrite1h: '2' });
  });
});
