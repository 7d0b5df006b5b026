import type { PrivacyPolicy } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { choosePrivacyPolicy } from './choose-policy.ts';
import { CompiledPolicies } from './compiled-policies.ts';

const own: PrivacyPolicy = { mode: 'mask', kinds: ['email'], names: ['Ann'] };
const asked = { 'x-aggregator-privacy': 'mask' };

describe('what is masked in a request', () => {
  it.each([
    ['nothing, where neither key nor request says so', undefined, {}, null],
    ['nothing, where the key says off', { mode: 'off' as const, names: ['Ann'] }, {}, null],
    ['what the key says', own, {}, own],
    ['everything, where the request asks for it', null, asked, { mode: 'mask' }],
    ['everything, also where the key says off', { mode: 'off' as const }, asked, { mode: 'mask' }],
    ["everything and the key's own words, where both say so", own, asked, { mode: 'mask', names: ['Ann'] }],
    ['everything, in any letter case', null, { 'x-aggregator-privacy': ' Mask' }, { mode: 'mask' }],
  ])('is %s', (_name, privacy, headers, policy) => {
    expect(choosePrivacyPolicy({ privacy }, headers)).toEqual(policy);
  });

  it.each(['off', 'none', '', 'mask, off'])('is never less than the key says: %j is refused', (value) => {
    expect(() => choosePrivacyPolicy({ privacy: own }, { 'x-aggregator-privacy': value })).toThrow(
      expect.objectContaining({ code: 'invalid_value', param: 'x-aggregator-privacy' }),
    );
  });
});

describe('policies made ready', () => {
  it('are made once for all requests with the same one', () => {
    const policies = new CompiledPolicies();
    expect(policies.get({ ...own })).toBe(policies.get({ ...own }));
    expect(policies.get({ mode: 'mask' })).not.toBe(policies.get(own));
  });

  it('are never more than the bound, and those in use stay', () => {
    const policies = new CompiledPolicies(2);
    const compiled = policies.get(own);
    for (const name of ['Bob', 'Eve', 'Joe']) {
      policies.get({ mode: 'mask', names: [name] });
      expect(policies.get(own)).toBe(compiled);
    }
    expect(policies.size).toBe(2);
  });
});
