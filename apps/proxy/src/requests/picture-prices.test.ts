import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startUsageWorld, type UsageWorld } from '../testing/start-usage-world.ts';

const path = '/v1/images/generations';
const perPicture = {
  id: 'per-picture',
  operation: 'images.generations',
  rates: { inputUncached: '0', images: '40000000000', requests: '1000000000' },
} as const;
/** DALL-E 3, with a small picture as DALL-E 2 has it. */
const bySize = {
  id: 'by-size',
  operation: 'images.generations',
  rates: {
    ...{ inputUncached: '0', images: '40000000000', imagesSmall: '16000000000', imagesLarge: '80000000000' },
    ...{ imagesHigh: '81000000000', imagesHighLarge: '120000000000' },
  },
} as const;
const perToken = {
  id: 'per-token',
  operation: 'images.generations',
  rates: { inputUncached: '5000000', outputText: '10000000', imageOut: '40000000' },
} as const;
const picturesOnly = {
  ...perToken,
  id: 'pictures-only',
  rates: { inputUncached: '5000000', imageOut: '40000000' },
} as const;
const picture = { b64_json: 'aGk=' };

let metered: UsageWorld;
beforeAll(async () => {
  metered = await startUsageWorld([perPicture, bySize, perToken, picturesOnly]);
});
afterAll(() => metered.stop());

describe('a model that is priced by the picture', () => {
  const body = { model: perPicture.id, prompt: 'a cat', n: 2 };

  it('holds the price of the pictures and of the request', async () => {
    await metered.ask(path, body, { created: 1, data: [picture, picture] });

    expect(metered.world.billing.asked[0]).toBe(81_000_000n);
  });

  it.each([
    ['no usage', undefined],
    ['tokens', { input_tokens: 5, output_tokens: 4175, total_tokens: 4180 }],
  ])('charges its pictures and its request if the provider reports %s', async (_what, usage) => {
    const { event, json, status } = await metered.ask(path, body, { created: 1, data: [picture, picture], usage });

    expect(status).toBe(200);
    expect(event).toMatchObject({ usage: { images: 2, requests: 1 }, amountNanoUsd: '81000000', estimated: false });
    expect(json.usage).toMatchObject({ cost: 0.081, cost_nano_usd: '81000000' });
    await metered.world.waitUntilNothingHeld();
  });

  it.each([
    ['no usage', undefined],
    ['tokens', { input_tokens: 5, output_tokens: 0, total_tokens: 5 }],
  ])('charges nothing, and no request, if the answer has no picture and %s', async (_what, usage) => {
    const { event, status } = await metered.ask(path, body, { created: 1, data: [], usage });

    expect(status).toBe(200);
    expect(event).toMatchObject({ usage: {}, amountNanoUsd: '0', outcome: 'completed' });
    await metered.world.waitUntilNothingHeld();
  });

  it('charges no picture beyond those that were asked for', async () => {
    const data = [picture, picture, picture];
    const { event } = await metered.ask(path, { ...body, n: 1 }, { created: 1, data });

    expect(event).toMatchObject({ usage: { images: 1 }, reportedUsage: { images: 3 }, amountNanoUsd: '41000000' });
  });
});

describe('a model whose pictures are priced by size and quality', () => {
  it.each([
    [{}, 'images', 40],
    [{ size: 'auto', quality: 'auto' }, 'images', 40],
    [{ size: '256x256' }, 'imagesSmall', 16],
    [{ size: '512x512' }, 'images', 40],
    [{ size: '1024x1792', quality: 'standard' }, 'imagesLarge', 80],
    [{ size: '1024x1024', quality: 'hd' }, 'imagesHigh', 81],
    [{ size: '1792x1024', quality: 'hd' }, 'imagesHighLarge', 120],
  ])('charges each of %j as one of %s', async (asked, component, milliUsd) => {
    const body = { model: bySize.id, prompt: 'a cat', n: 2, ...asked };
    const { event } = await metered.ask(path, body, { created: 1, data: [picture, picture] });
    const amount = BigInt(2 * milliUsd) * 1_000_000n;

    expect(event).toMatchObject({ usage: { [component]: 2 }, amountNanoUsd: String(amount), estimated: false });
    await metered.world.waitUntilNothingHeld();
  });

  it.each([
    [{}, { size: '1792x1024', quality: 'high' }, 'imagesHighLarge', 120],
    [{ size: 'auto' }, { size: '1024x1536', quality: 'medium' }, 'imagesLarge', 80],
    [{ size: '1024x1024', quality: 'auto' }, { size: '1024x1024', quality: 'high' }, 'imagesHigh', 81],
    [{ size: '1024x1024', quality: 'standard' }, { size: '1792x1024', quality: 'high' }, 'images', 40],
    [{ size: '1024x1792' }, { size: 'auto', quality: 'high' }, 'imagesLarge', 80],
  ])('charges what the model chose: asked %j, got %j', async (asked, said, component, milliUsd) => {
    const body = { model: bySize.id, prompt: 'a cat', n: 2, ...asked };
    const { event } = await metered.ask(path, body, { created: 1, data: [picture, picture], ...said });
    const amount = BigInt(2 * milliUsd) * 1_000_000n;

    expect(event).toMatchObject({ usage: { [component]: 2 }, amountNanoUsd: String(amount), estimated: false });
    await metered.world.waitUntilNothingHeld();
  });
});

describe('a model that is priced by the tokens of a picture', () => {
  it('charges the published tokens, flagged, if the provider reports none', async () => {
    const body = { model: perToken.id, prompt: 'a cat', quality: 'low', size: '1024x1536' };
    const { event, json } = await metered.ask(path, body, { created: 1, data: [picture] });

    expect(event).toMatchObject({ usage: { imageOut: 408 }, estimated: true });
    expect(json.usage).toMatchObject({ output_tokens: 408, cost_nano_usd: event.amountNanoUsd });
  });

  it('charges the tokens that the provider reports', async () => {
    const usage = { input_tokens: 5, output_tokens: 272, total_tokens: 277 };
    const { event } = await metered.ask(path, { model: perToken.id, prompt: 'a cat' }, { data: [picture], usage });

    expect(event).toMatchObject({ usage: { inputUncached: 5, imageOut: 272 }, estimated: false });
    expect(event.usage.images).toBeUndefined();
  });

  it('charges the published tokens, flagged, if the provider reports 0 for a picture (I22)', async () => {
    const usage = { input_tokens: 0, output_tokens: 0, total_tokens: 0 };
    const body = { model: perToken.id, prompt: 'a cat', quality: 'low' };
    const { event } = await metered.ask(path, body, { created: 1, data: [picture], usage });

    expect(event).toMatchObject({ usage: { imageOut: 272 }, estimated: true });
  });

  it('charges the tokens that the provider reports for an answer without a picture', async () => {
    const usage = { input_tokens: 5, output_tokens: 272, total_tokens: 277 };
    const { event } = await metered.ask(path, { model: perToken.id, prompt: 'a cat' }, { data: [], usage });

    expect(event).toMatchObject({ usage: { inputUncached: 5, imageOut: 272 }, estimated: false });
  });

  it('charges words as pictures, flagged, if words have no price (I22)', async () => {
    const output_tokens_details = { text_tokens: 272, image_tokens: 0 };
    const usage = { input_tokens: 5, output_tokens: 272, total_tokens: 277, output_tokens_details };
    const { event } = await metered.ask(path, { model: picturesOnly.id, prompt: 'a cat' }, { data: [picture], usage });

    expect(event).toMatchObject({ usage: { inputUncached: 5, imageOut: 272 }, estimated: true });
  });
});
