import { providerType } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { adapterFor } from './registry.ts';

describe('the registry', () => {
  it.each(providerType.options)('gives %s the adapter of its dialect', (type) => {
    expect(adapterFor(type).type).toBe(type);
  });
});
