import type { Operation, PriceInUsd, ProviderType } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { toModel } from './provider-rules.ts';

const chat = { input: '1', output: '2' };
const model = (price: PriceInUsd, operation: Operation = 'chat.completions') => ({
  ...{ id: 'm', operations: [operation], contextLength: 1000, price },
});

describe('a price that can never be charged', () => {
  it.each<[string, ProviderType, PriceInUsd, Operation]>([
    ['toolCalls', 'Gemini', { ...chat, toolCalls: '10000' }, 'chat.completions'],
    [
      'toolCalls',
      'OpenAICompatible',
      { ...chat, above: { inputTokens: 9, price: { ...chat, toolCalls: '1' } } },
      'chat.completions',
    ],
    ['images', 'OpenAI', { ...chat, images: '40000' }, 'chat.completions'],
    ['imageIn', 'OpenAICompatible', { ...chat, imageIn: '3' }, 'chat.completions'],
    ['audioOut', 'Anthropic', { ...chat, audioOut: '3' }, 'chat.completions'],
    ['images', 'OpenAI', { input: '0.02', images: '1' }, 'embeddings'],
    ['imageOut', 'OpenAI', { input: '1', images: '40000', imageOut: '40' }, 'images.generations'],
  ])('is refused: %s of %s', (name, type, price, operation) => {
    expect(() => toModel(model(price, operation), type, 'api')).toThrow(
      expect.objectContaining({
        ...{ code: 'invalid_value', param: expect.stringMatching(new RegExp(`^models\\.m\\.price.*\\.${name}$`)) },
        publicMessage: expect.stringMatching(new RegExp(`price '${name}' of the model 'm' can never be charged`)),
      }),
    );
  });

  it.each<[string, ProviderType, PriceInUsd, Operation]>([
    ['requests', 'OpenAICompatible', { ...chat, requests: '1000' }, 'chat.completions'],
    ['a picture at the price of text', 'OpenAI', { ...chat, imageIn: '1' }, 'chat.completions'],
    ['pictures', 'OpenAI', { input: '0', images: '40000' }, 'images.generations'],
    ['tokens of pictures', 'Gemini', { input: '1', output: '2', imageOut: '30' }, 'chat.completions'],
  ])('is not %s of %s', (_what, type, price, operation) => {
    expect(toModel(model(price, operation), type, 'api').price?.rates).toBeDefined();
  });
});

describe('a price of a picture under its older name', () => {
  it('becomes the price of a picture, in the unit of pictures', () => {
    const older = toModel(model({ input: '0', imageOut: '40000' }, 'images.generations'), 'OpenAI', 'api');

    expect(older.price?.rates).toMatchObject({ images: '40000000000' });
    expect(older.price?.rates.imageOut).toBeUndefined();
  });

  it('is that of its tokens below $1,000 a million, or for a model that chats', () => {
    const tokens = toModel(model({ input: '5', imageOut: '40' }, 'images.generations'), 'OpenAI', 'api');
    const chats = toModel(model({ ...chat, imageOut: '40000' }), 'OpenAI', 'api');

    expect(tokens.price?.rates).toMatchObject({ imageOut: '40000000' });
    expect(chats.price?.rates).toMatchObject({ imageOut: '40000000000' });
  });
});
