import { type PrivacyPolicy, privacyPolicy } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { joinPolicies, refuseTooLong } from './join-policies.ts';
import { masksAtLeast } from './masks-at-least.ts';

const some = fc.record(
  {
    mode: fc.constantFrom('off' as const, 'mask' as const),
    kinds: fc.subarray(['email', 'phone', 'ip'] as const),
    names: fc.subarray(['Ann', 'Bob', 'Eve']),
    patterns: fc.subarray(['A-\\d{4}', 'B-\\d{4}']),
  },
  { requiredKeys: ['mode'] },
);
const policy: fc.Arbitrary<PrivacyPolicy | null> = fc.option(some.map((one) => privacyPolicy.parse(one)));

describe('the policies of an organisation and its key together', () => {
  it('mask all that either of them masks', () => {
    fc.assert(
      fc.property(policy, policy, (organization, key) => {
        const joined = joinPolicies(organization, key);
        expect(masksAtLeast(joined, organization)).toBe(true);
        expect(masksAtLeast(joined, key)).toBe(true);
      }),
    );
  });

  it('mask nothing that neither of them masks', () => {
    fc.assert(
      fc.property(policy, (one) => {
        expect(masksAtLeast(one, joinPolicies(one, one))).toBe(true);
        expect(masksAtLeast(one, joinPolicies(null, one))).toBe(true);
        expect(masksAtLeast(one, joinPolicies(one, { mode: 'off', names: ['Zoe'] }))).toBe(true);
      }),
    );
  });

  it('are the kinds, names and patterns of both, each once', () => {
    const organization: PrivacyPolicy = {
      mode: 'mask',
      kinds: ['ip', 'email'],
      names: ['Ann'],
      patterns: ['A-\\d{4}'],
    };
    const key: PrivacyPolicy = { mode: 'mask', kinds: ['phone', 'email'], names: ['Bob', 'Ann'] };
    expect(joinPolicies(organization, key)).toEqual({
      mode: 'mask',
      kinds: ['email', 'phone', 'ip'],
      names: ['Ann', 'Bob'],
      patterns: ['A-\\d{4}'],
    });
    expect(joinPolicies(organization, { mode: 'mask' })).not.toHaveProperty('kinds');
  });

  it('are refused where they are over the bounds of a single one', () => {
    const names = (first: number) => Array.from({ length: 150 }, (_, at) => `Name ${first + at}`);
    const one: PrivacyPolicy = { mode: 'mask', names: names(0) };
    expect(() => refuseTooLong(one, { mode: 'mask', names: names(50) }, 'x')).not.toThrow();
    expect(() => refuseTooLong(one, { mode: 'mask', names: names(51) }, 'the key 7')).toThrow(
      expect.objectContaining({
        code: 'invalid_value',
        param: 'privacy',
        publicMessage: expect.stringContaining('the key 7'),
      }),
    );
  });
});
