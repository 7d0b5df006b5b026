import { type ProviderSpec, parseProfileOption } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { gathered, sampleProvider } from '../testing/samples.ts';
import { checkProviders } from './checks.ts';

const compile = (profile: ProviderSpec['profile']) => {
  const spec = {
    type: 'OpenAICompatible' as const,
    endpoint: { baseURL: 'https://gpu.example/v1' },
    discovery: { mode: 'Static' as const },
    models: [{ name: 'm' }],
    options: { disconnect: 'abort' },
    profile,
  };
  const [verdict] = checkProviders(gathered([sampleProvider({ name: 'gpu', spec })]));
  return verdict?.entry?.options;
};

describe('the profile of a Provider', () => {
  it('is an option of its entry, as the orchestrator reads it', () => {
    const profile = { name: 'vllm' as const, extraFields: ['novel'], headers: { 'x-team': 'a' } };
    const { profile: text = '', ...options } = compile(profile) ?? {};
    expect(parseProfileOption(text)).toEqual(profile);
    expect(options).toEqual({ disconnect: 'abort' });
  });

  it('is no option if there is none', () => {
    expect(compile(undefined)).toEqual({ disconnect: 'abort' });
  });
});
