import { describe, expect, it } from '@jest/globals';
import { findKeyFaults, readEnvironmentKeys } from './environment-keys.ts';

const names = ['GOOGLE_API_KEY', 'GOOGLE_AI_API_KEY'];
const read = (environment: Record<string, string>) =>
  readEnvironmentKeys(environment, names).map(({ ref, secret }) => [ref, secret.reveal()]);

describe('keys in the environment', () => {
  it('are one, or up to sixteen, each by the name of its variable', () => {
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`GOOGLE_API_KEY_${index + 1}`, 'k']));

    expect(read({ GOOGLE_API_KEY: 'a', GOOGLE_API_KEY_3: ' c\n', GOOGLE_API_KEY_2: ' ' })).toEqual([
      ['env:GOOGLE_API_KEY', 'a'],
      ['env:GOOGLE_API_KEY_3', 'c'],
    ]);
    expect(read({ GOOGLE_API_KEY: 'a', ...many })).toHaveLength(16);
    expect(read({})).toEqual([]);
  });

  it('may have an older name, which the proxy then receives', () => {
    expect(read({ GOOGLE_AI_API_KEY: 'a', GOOGLE_AI_API_KEY_2: 'b' })).toEqual([
      ['env:GOOGLE_AI_API_KEY', 'a'],
      ['env:GOOGLE_AI_API_KEY_2', 'b'],
    ]);
    expect(read({ GOOGLE_AI_API_KEY: 'a', GOOGLE_API_KEY: 'b' })).toEqual([['env:GOOGLE_API_KEY', 'b']]);
  });

  it.each(['canary-1,canary-2', 'canary 1', 'canary\ncanary', 'ключ'])(
    'are at fault where they cannot be one key: %j',
    (text) => {
      const faults = findKeyFaults(readEnvironmentKeys({ GOOGLE_API_KEY_2: text }, names));

      expect(faults).toEqual([expect.stringMatching(/^GOOGLE_API_KEY_2: must be one key/)]);
      expect(faults.join()).not.toContain('canary');
    },
  );
});
