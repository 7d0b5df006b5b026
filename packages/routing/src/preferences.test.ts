import { chatCompletionRequest, type ProviderPreferences, routingSnapshot } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { planRoute } from './plan-route.ts';
import { indexSnapshot } from './snapshot-index.ts';
import {
  sampleCandidate,
  sampleModel,
  sampleProvider,
  sampleRequest,
  sampleRoute,
  sampleView,
} from './testing/sample-snapshot.ts';

const index = indexSnapshot(
  routingSnapshot.parse({
    version: 1,
    epoch: 1,
    providers: [
      sampleProvider('openai', [sampleModel('model')]),
      sampleProvider('local', [sampleModel('model', { priceVersion: 'p2' })], {
        type: 'OpenAICompatible',
        credentialRefs: ['env:ONE', 'env:TWO'],
      }),
      sampleProvider('reserve', [sampleModel('model', { priceVersion: 'p2' }), sampleModel('other')]),
    ],
    routes: [
      sampleRoute('route', [
        sampleCandidate('openai', 'model', 0),
        sampleCandidate('local', 'model', 1),
        sampleCandidate('reserve', 'model', 2),
      ]),
    ],
    prices: {
      p1: { inputUncached: '150000', outputText: '600000' },
      p2: { inputUncached: '150001', outputText: '100000', outputReasoning: '700000' },
    },
  }),
);

function plan(preferences: ProviderPreferences, more: object = {}, view = sampleView()): string[] {
  const request = sampleRequest('route', { preferences, ...more });
  const { targets } = planRoute(index, request, view, () => 0.5);
  return targets.map(({ candidate }) => candidate.provider.name);
}

const leavesNone = (preference: string) =>
  expect.objectContaining({
    code: 'model_not_found',
    param: `provider.${preference}`,
    publicMessage: expect.stringContaining(`provider.${preference} leaves no provider`),
  });

describe('the caller’s preferences', () => {
  it('keep to some providers, or leave some out, in any case of letters', () => {
    expect(plan({ only: ['OpenAI', 'reserve', 'unknown'] })).toEqual(['openai', 'reserve']);
    expect(plan({ ignore: ['LOCAL'] })).toEqual(['openai', 'reserve']);
    expect(plan({ only: ['openai', 'local'], ignore: ['openai'] })).toEqual(['local', 'local']);
  });

  it('put providers first, before the priorities of the route, and the others after them', () => {
    expect(plan({ order: ['reserve', 'local'] })).toEqual(['reserve', 'local', 'local', 'openai']);
    expect(plan({ order: [] })).toEqual(['openai', 'local', 'local', 'reserve']);
  });

  it('let no other provider serve if fallbacks are not allowed: the order, or else the first that is ready', () => {
    expect(plan({ order: ['reserve', 'local'], allow_fallbacks: false })).toEqual(['reserve', 'local', 'local']);
    expect(plan({ allow_fallbacks: false })).toEqual(['openai']);
    const view = sampleView({ standings: { openai: 'open' } });
    expect(plan({ allow_fallbacks: false }, {}, view)).toEqual(['local', 'local']);
  });

  it('keep the models that the caller names as fallbacks also where no other provider may serve', () => {
    expect(plan({ allow_fallbacks: false }, { fallbacks: ['other'] })).toEqual(['openai', 'reserve']);
  });

  it('bound the price exactly, output at its dearest', () => {
    expect(plan({ max_price: { prompt: 0.15 } })).toEqual(['openai']);
    expect(plan({ max_price: { prompt: 0.150001 } })).toHaveLength(4);
    expect(plan({ max_price: { completion: 0.6 } })).toEqual(['openai']);
    expect(plan({ max_price: { completion: 0.7 } })).toHaveLength(4);
  });

  it('demand that every parameter be taken', () => {
    const chat = (fields: object) => ({
      chat: chatCompletionRequest.parse({ model: 'route', messages: [{ role: 'user', content: 'x' }], ...fields }),
    });
    expect(plan({ require_parameters: true }, chat({ top_k: 5 }))).toEqual(['local', 'local']);
    expect(plan({ require_parameters: true }, chat({ top_k: null, unheard_of: 1 }))).toHaveLength(4);
    expect(plan({}, chat({ top_k: 5 }))).toHaveLength(4);
    expect(() => plan({ require_parameters: true }, chat({ web_search_options: {} }))).toThrow(
      leavesNone('require_parameters'),
    );
  });

  it.each<[string, ProviderPreferences]>([
    ['only', { only: ['absent'] }],
    ['ignore', { ignore: ['openai', 'local', 'reserve'] }],
    ['order', { order: ['absent'], allow_fallbacks: false }],
    ['max_price', { max_price: { prompt: 0 } }],
  ])('name %s if that leaves no provider', (preference, preferences) => {
    expect(() => plan(preferences)).toThrow(leavesNone(preference));
    expect(() => plan(preferences, { model: 'openai/model' })).toThrow(leavesNone(preference));
  });
});
