import {
  type ProviderType,
  type Rates,
  rates,
  snapshotModel,
  type Usage,
  type UsageComponent,
} from '@aggregator/contracts';
import { inputComponents, outputComponents, priceUsage } from '@aggregator/pricing';
import { describe, expect, it } from '@jest/globals';
import { calcPrice } from '@pydantic/genai-prices';
import type { DeclaredModel } from '../declared-provider.ts';
import { readVendorModels } from './index.ts';

const nowMs = Date.UTC(2026, 10, 21);
const listIds = {
  OpenAI: 'openai',
  Anthropic: 'anthropic',
  Gemini: 'google',
  Cohere: 'cohere',
  OpenRouter: 'openrouter',
};
const vendors = Object.keys(listIds) as (keyof typeof listIds)[];

const modelsOf = (type: ProviderType, atMs = nowMs) => readVendorModels(type, atMs) ?? [];

function find(type: ProviderType, id: string, atMs = nowMs): DeclaredModel {
  const found = modelsOf(type, atMs).find((model) => model.id === id);
  if (found === undefined) throw new Error(`no model ${id}`);
  return found;
}

/** A request that reads 3211 tokens of its input from a cache and is answered with 7919. */
function usageOf(operations: readonly string[], input: number): Usage {
  return operations.includes('chat.completions')
    ? { inputUncached: input - 3211, cacheRead: 3211, outputText: 7919 }
    : { inputUncached: input };
}

const priceHere = (own: Rates | undefined, operations: readonly string[], input: number): number =>
  Number(priceUsage(usageOf(operations, input), own ?? {}));

/** USD. */
function priceInList(vendor: keyof typeof listIds, id: string, operations: readonly string[], input: number): number {
  const { cacheRead, outputText } = usageOf(operations, input);
  const counted = {
    input_tokens: input,
    ...(cacheRead && { cache_read_tokens: cacheRead, output_tokens: outputText }),
  };
  const options = { providerId: listIds[vendor], timestamp: new Date(nowMs) };
  return calcPrice(counted, id, options)?.total_price ?? 0;
}

describe('the models of a vendor', () => {
  it('D11, D12: have the price of a web search where it can be asked for', () => {
    for (const id of ['claude-sonnet-4-5', 'claude-sonnet-5-5', 'claude-haiku-5-5']) {
      const { toolCalls, above } = find('Anthropic', id).price?.rates ?? {};
      expect(toolCalls).toBe('10000000000');
      if (above !== undefined) expect(above.rates.toolCalls).toBe('10000000000');
    }
    for (const id of ['gpt-5', 'gpt-5.4', 'gpt-6-astra']) {
      expect(find('OpenAI', id).price?.rates.toolCalls).toBe('10000000000');
    }
    for (const type of ['Gemini', 'OpenRouter', 'Cohere'] as const) {
      for (const { price } of modelsOf(type)) expect(price?.rates.toolCalls).toBeUndefined();
    }
  });

  it('have the exact integer rates of the price list', () => {
    expect(find('OpenAI', 'gpt-4o-mini').price?.rates).toEqual({
      inputUncached: '150000',
      cacheRead: '75000',
      cacheWrite5m: '150000',
      outputText: '600000',
      outputReasoning: '600000',
      imageIn: '150000',
      ...{ toolCalls: '10000000000', fileSearches: '2500000000', containers: '30000000000' },
      ...{ toolTextIn: '5000000', toolImageIn: '8000000', toolImageOut: '30000000' },
    } satisfies Rates);
    expect(find('Anthropic', 'claude-haiku-4-5').price?.rates).toEqual({
      inputUncached: '1000000',
      cacheRead: '100000',
      cacheWrite5m: '1250000',
      cacheWrite1h: '2000000',
      outputText: '5000000',
      ...{ toolCalls: '10000000000', containers: '4166666667' },
      outputReasoning: '5000000',
      imageIn: '1000000',
    } satisfies Rates);
    expect(find('Gemini', 'gemini-2.5-flash').price?.rates).toMatchObject({ audioIn: '1000000', cacheRead: '30000' });
    expect(find('Cohere', 'command-r7b-12-2024').price?.rates).toMatchObject({ inputUncached: '37500' });
    expect(find('OpenRouter', 'anthropic/claude-haiku-4.5').price?.rates).toMatchObject({ outputText: '5000000' });
  });

  it.each(vendors)(
    'cost at %s what the price list itself says, to the nano, on both sides of every border',
    (vendor) => {
      const models = modelsOf(vendor).filter(({ price }) => price?.source === '@pydantic/genai-prices');
      expect(models.length).toBeGreaterThan(5);
      for (const { id, operations, contextLength, price } of models) {
        if (operations.includes('images.generations')) continue;
        const border = price?.rates.above?.inputTokens ?? 0;
        for (const input of [5000, border, border + 1, contextLength].filter((tokens) => tokens >= 5000)) {
          // The list computes in floats; ours is exact and rounded up once.
          const off = priceHere(price?.rates, operations, input) - priceInList(vendor, id, operations, input) * 1e9;
          expect([id, input, Math.abs(off) <= 1.01]).toEqual([id, input, true]);
        }
      }
    },
  );

  it.each([
    ['OpenAI', 'gpt-5.5', 271_999, 1_000_000],
    ['OpenAI', 'gpt-6-sol', 272_000, 1_050_000],
    ['Gemini', 'gemini-2.5-pro', 200_000, 1_048_576],
    ['Gemini', 'gemini-3.1-pro-preview', 200_000, 1_048_576],
    ['Anthropic', 'claude-haiku-5-5', 100_000, 1_000_000],
    ['OpenRouter', 'anthropic/claude-sonnet-4.5', 200_000, 1_000_000],
    ['OpenRouter', 'x-ai/grok-4-fast', 128_000, 2_000_000],
  ] as const)(
    'continue at %s, for %s, above %d tokens at the price that the whole request has there',
    (vendor, id, border, window) => {
      const { contextLength, operations, price } = find(vendor, id);

      expect([price?.rates.above?.inputTokens, contextLength]).toEqual([border, window]);
      expect(rates.safeParse(price?.rates).success).toBe(true);
      const below = priceHere(price?.rates, operations, border);
      expect(priceHere(price?.rates, operations, border + 1)).toBeGreaterThan(1.4 * below);
    },
  );

  it('have no tier where their context ends', () => {
    expect(find('Anthropic', 'claude-sonnet-4-5')).toMatchObject({ contextLength: 200_000 });
    expect(find('Anthropic', 'claude-sonnet-4-5').price?.rates.above).toBeUndefined();
  });

  it.each(vendors)('of %s have a rate, in each tier, for everything that their answers can use', (vendor) => {
    for (const { id, operations, capabilities, price } of modelsOf(vendor)) {
      if (price === null) continue;
      const used: UsageComponent[] = ['inputUncached'];
      if (!operations.includes('embeddings')) used.push('outputText');
      if (operations.includes('images.generations')) used.push('imageOut');
      if (operations.includes('chat.completions')) used.push('outputReasoning', 'cacheRead', 'cacheWrite5m');
      if (operations.includes('chat.completions') && vendor === 'Anthropic') used.push('cacheWrite1h');
      if (capabilities.includes('vision')) used.push('imageIn');
      if (capabilities.includes('audio')) used.push('audioIn');
      for (const tier of [price.rates, price.rates.above?.rates ?? price.rates]) {
        expect([id, used.filter((component) => tier[component] === undefined)]).toEqual([id, []]);
      }
    }
  });

  it.each(vendors)('of %s have no price of a token that could only be that of a picture', (vendor) => {
    for (const { id, price } of modelsOf(vendor)) {
      for (const tier of [price?.rates, price?.rates.above?.rates]) {
        const tokens = [...inputComponents, ...outputComponents].map((component) => tier?.[component] ?? '0');
        expect([id, tokens.filter((rate) => BigInt(rate) >= 1_000_000_000n)]).toEqual([id, []]);
      }
    }
  });

  it('have the price that holds at the time', () => {
    expect(find('OpenAI', 'o3', Date.UTC(2025, 4, 1)).price?.rates.inputUncached).toBe('10000000');
    expect(find('OpenAI', 'o3').price?.rates.inputUncached).toBe('2000000');
    expect(find('Anthropic', 'claude-opus-4-6', Date.UTC(2026, 1, 20)).price?.rates.above?.inputTokens).toBe(200_000);
    expect(find('Anthropic', 'claude-opus-4-6').price?.rates.above).toBeUndefined();
  });

  it('have no price if it cannot be exact, or if no source states it', () => {
    expect(find('OpenRouter', 'google/gemini-2.5-flash-lite').price).toBeNull();
    expect(find('Anthropic', 'claude-fable-5-2').price).toBeNull();
  });

  it('have our price, with its source, if the vendor states one that the list does not have', () => {
    expect(find('Anthropic', 'claude-sonnet-5-5').price).toMatchObject({
      rates: { inputUncached: '2000000', cacheRead: '100000', cacheWrite1h: '4000000' },
      source: expect.stringMatching(/^https:\/\/platform\.claude\.com\/.*read 2026-11/),
    });
  });

  it('have no price, never zero, if the vendor states none beyond a free share', () => {
    expect(find('Cohere', 'command-a-reasoning-08-2025')).toMatchObject({
      maxOutputTokens: 32_000,
      capabilities: expect.arrayContaining(['reasoning']),
      price: null,
    });
    expect(find('Cohere', 'command-a-vision-07-2025')).toMatchObject({ contextLength: 128_000, price: null });
  });

  it('include dated releases and no names that only other hosts know', () => {
    const startingWith = (type: ProviderType, start: string) =>
      modelsOf(type).flatMap(({ id }) => (id.startsWith(start) ? [id] : []));

    expect(startingWith('OpenAI', 'gpt-4o-mini')).toEqual(['gpt-4o-mini', 'gpt-4o-mini-2024-07-18']);
    expect(startingWith('OpenAI', 'gpt-35')).toEqual([]);
    expect(startingWith('Anthropic', 'claude-opus-4-5')).toEqual(['claude-opus-4-5', 'claude-opus-4-5-20251101']);
    expect(startingWith('Cohere', 'command-r-plus')).toEqual(['command-r-plus-08-2024']);
    expect(modelsOf('Gemini').filter(({ id }) => !/^gemini-/.test(id) || id.includes(':'))).toEqual([]);
    expect(modelsOf('OpenRouter').filter(({ id }) => !/^[a-z0-9.-]+\/[^/]+$/.test(id) || id.includes(':free'))).toEqual(
      [],
    );
  });

  it('leave out what is retired, or what our adapters do not ask for', () => {
    const names = vendors.flatMap((type) => (type === 'OpenRouter' ? [] : modelsOf(type))).map(({ id }) => id);

    expect(
      names.filter((id) => /audio|realtime|tts|transcribe|search|live|claude-(?:[123v]|opus-4-[01])/.test(id)),
    ).toEqual([]);
  });

  it('leave the list the day after their vendor retired them (A-C1)', () => {
    const retired = ['gpt-3.5-turbo', 'gpt-4', 'gpt-4-0613', 'gpt-4-turbo', 'gpt-4.1-nano', 'o1', 'o3-mini', 'o4-mini'];
    const all = [...retired, 'gpt-4o-2024-05-13', 'gpt-image-1', 'gpt-4-32k', 'o1-preview', 'gpt-5.1-codex-mini'];
    const namesAt = (atMs: number) => new Set(modelsOf('OpenAI', atMs).map(({ id }) => id));

    expect(all.filter((id) => namesAt(Date.UTC(2026, 9, 24)).has(id))).toEqual([]);
    expect(retired.filter((id) => namesAt(Date.UTC(2026, 9, 23)).has(id))).toEqual(retired);
    expect(namesAt(nowMs).has('gpt-4.1')).toBe(true);
    expect(modelsOf('Gemini').filter(({ id }) => id.startsWith('gemini-2.0'))).toEqual([]);
  });

  it('include those that OpenAI serves by its Responses API alone', () => {
    for (const id of ['gpt-5.3-codex', 'gpt-5.4-pro', 'gpt-5.5-pro', 'o3-pro']) {
      expect(find('OpenAI', id)).toMatchObject({ operations: ['chat.completions'], price: expect.any(Object) });
    }
  });

  it('say what they can do, by family', () => {
    expect(find('Anthropic', 'claude-sonnet-4-5').capabilities).toContain('prefill');
    expect(find('Anthropic', 'claude-opus-4-6').capabilities).not.toContain('prefill');
    expect(find('OpenRouter', 'anthropic/claude-haiku-4.5').capabilities).toContain('prefill');
    expect(find('Gemini', 'gemini-2.5-flash-image')).toMatchObject({
      operations: ['chat.completions', 'images.generations'],
      capabilities: ['vision', 'image_output'],
      price: { rates: { imageOut: '30000000' } },
    });
    expect(find('OpenAI', 'gpt-image-1', Date.UTC(2026, 5, 1))).toMatchObject({
      operations: ['images.generations'],
      price: { rates: { inputUncached: '5000000', imageIn: '10000000', imageOut: '40000000' } },
    });
    expect(find('OpenAI', 'text-embedding-3-small')).toMatchObject({
      operations: ['embeddings'],
      maxOutputTokens: null,
      price: { rates: { inputUncached: '20000' } },
    });
  });

  it('get time to think where they are known to', () => {
    expect(find('OpenAI', 'o3').firstLifeMs).toBe(120_000);
    expect(find('Gemini', 'gemini-2.5-pro').firstLifeMs).toBe(120_000);
    expect(find('OpenAI', 'gpt-4o').firstLifeMs).toBeNull();
    expect(find('Anthropic', 'claude-haiku-4-5').firstLifeMs).toBeNull();
  });

  it.each(vendors)('of %s fit into a snapshot, each once, with an answer no longer than the context', (vendor) => {
    const models = modelsOf(vendor);
    for (const { price: _price, ...model } of models) {
      expect(snapshotModel.safeParse({ ...model, priceVersion: null }).error).toBeUndefined();
      expect(model.maxOutputTokens ?? 0).toBeLessThanOrEqual(model.contextLength);
    }
    expect(new Set(models.map(({ id }) => id)).size).toBe(models.length);
  });

  it('are not known of types that are no vendor', () => {
    expect([readVendorModels('OpenAICompatible', nowMs), readVendorModels('Mock', nowMs)]).toEqual([null, null]);
  });
});
