import type { providerSpec } from '@aggregator/contracts';
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
});
