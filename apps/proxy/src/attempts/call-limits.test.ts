import { adapterFor } from '@aggregator/providers';
import { describe, expect, it } from '@jest/globals';
import { limitsOf } from './call-limits.ts';

const config = {
  ...{ firstTokenTimeoutMs: undefined, idleTimeoutMs: 60_000, failoverAnswerTimeoutMs: 50_000 },
  ...{ failoverFirstTokenTimeoutMs: 10_000, failoverIdleTimeoutMs: 20_000 },
};
const limitsFor = (profile: object, call: object = {}, firstLifeMs: number | null = null) => {
  const options = { profile: JSON.stringify(profile) };
  const adapter = adapterFor('OpenAICompatible', { baseUrl: 'http://10.0.0.1/v1', options });
  const model = {
    ...{ id: 'm', operations: ['chat.completions' as const], contextLength: 1, maxOutputTokens: 1 },
    ...{ capabilities: [], firstLifeMs, priceVersion: null },
  };
  const { firstLifeMs: first, idleMs } = limitsOf(config, {
    ...{ deadlineMs: 1, isStreamed: true, isUrgent: false, candidate: { adapter, model } },
    ...call,
  });
  return [first, idleMs];
};
const own = { firstTokenTimeoutMs: 3000, idleTimeoutMs: 90_000 };

describe('the limits of a call', () => {
  it('are those of the installation if the provider has none', () => {
    expect(limitsFor({})).toEqual([Number.POSITIVE_INFINITY, 60_000]);
    expect(limitsFor({}, { isUrgent: true })).toEqual([10_000, 20_000]);
    expect(limitsFor({}, { isUrgent: true, isStreamed: false })).toEqual([50_000, 20_000]);
  });

  it('are those of the provider if its profile has them (C-S4)', () => {
    expect(limitsFor(own)).toEqual([3000, 90_000]);
    expect(limitsFor(own, { isUrgent: true })).toEqual([3000, 90_000]);
  });

  it('give a plain answer the time of a whole one, and a thinking model its own', () => {
    expect(limitsFor(own, { isStreamed: false })).toEqual([Number.POSITIVE_INFINITY, 90_000]);
    expect(limitsFor(own, { isUrgent: true }, 40_000)).toEqual([40_000, 90_000]);
  });
});
