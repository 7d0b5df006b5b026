import { describe, expect, it } from '@jest/globals';
import { type DispatchedRequest, dispatchedRequest, toIntent } from './dispatched-request.ts';

const request: DispatchedRequest = {
  requestId: '0190a000-0000-7000-8000-000000000001',
  attempt: 1,
  earlier: [],
  orgId: '0190a000-0000-7000-8000-000000000002',
  userId: '0190a000-0000-7000-8000-000000000003',
  keyId: null,
  operation: 'chat.completions',
  provider: {
    name: 'google',
    type: 'Gemini',
    baseUrl: 'https://provider.example/v1',
    isAddressTrusted: false,
    credentialRef: 'none',
    options: {},
  },
  model: 'gemini-2.5-pro',
  price: { version: 'p/1', rates: { inputUncached: '1250000', outputText: '10000000' } },
  isStreamed: true,
  dispatchedAt: '2026-11-20T10:00:00.000Z',
  ...{ inputTokensMax: 500, outputTokensMax: 100, inputTokensEstimate: 100 },
  tokensSubject: null,
};

describe('the intent of a dispatched request', () => {
  it('gives its settler every part of the answer, with the price it was held at', () => {
    expect(dispatchedRequest.parse(JSON.parse(JSON.stringify(toIntent(request).body)))).toEqual(request);
  });

  it('keeps both tiers of a price, and no counter that has no rate', () => {
    const above = { inputTokens: 200_000, rates: { inputUncached: '2500000', outputText: '15000000' } };
    const held = { ...request, price: { version: 'p/2', rates: { ...request.price.rates, above } } };
    const unset = { cacheRead: undefined, audioIn: undefined };
    const rates = { ...held.price.rates, ...unset, above: { ...above, rates: { ...above.rates, ...unset } } };
    const { body } = toIntent({ ...held, price: { version: 'p/2', rates } });

    expect(body).toStrictEqual(held);
    expect(dispatchedRequest.parse(JSON.parse(JSON.stringify(body)))).toEqual(held);
  });
});
