import { providerType } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { checkOptions } from './provider-rules.ts';

describe('the options of a provider', () => {
  it.each(providerType.options)('of type %s may say what becomes of a call whose client left', (type) => {
    const options: Record<string, string> = type === 'Yandex' ? { folder: 'f' } : {};
    for (const disconnect of ['drain', 'abort']) {
      expect(() => checkOptions({ ...options, disconnect }, type)).not.toThrow();
    }
    expect(() => checkOptions({ ...options, disconnect: 'wait' }, type)).toThrow(
      expect.objectContaining({ code: 'invalid_value', param: 'options.disconnect' }),
    );
  });
});
