import { describe, expect, it } from '@jest/globals';
import { containsAddresses } from './contains-addresses.ts';

describe('containsAddresses', () => {
  it.each([
    [null, null, true],
    [null, ['192.0.2.1'], true],
    [['192.0.2.0/24'], null, false],
    [['192.0.2.0/24'], [], true],
    [['192.0.2.0/24'], ['192.0.2.0/24'], true],
    [['192.0.2.0/24'], ['192.0.2.7'], true],
    [['192.0.2.0/24'], ['192.0.2.128/25', '192.0.2.1/32'], true],
    [['192.0.2.0/24'], ['192.0.2.0/23'], false],
    [['192.0.2.0/24'], ['192.0.2.7', '198.51.100.1'], false],
    [['192.0.2.7'], ['192.0.2.7/31'], false],
    [['192.0.2.9/24'], ['192.0.2.200'], true],
    [['2001:db8::/32'], ['2001:db8:1::/48'], true],
    [['2001:db8::/32'], ['2001:db9::1'], false],
    [['2001:db8::1'], ['2001:db8::/128'], false],
    [['192.0.2.0/24'], ['::ffff:192.0.2.1'], true],
    [['192.0.2.0/24'], ['::ffff:192.0.2.0/119'], false],
    [['0.0.0.0/0'], ['::/0'], false],
    [['10.0.0.0/9', '10.128.0.0/9'], ['10.0.0.0/8'], false],
  ])('%j contains %j: %s', (outer, inner, isContained) => {
    expect(containsAddresses(outer, inner)).toBe(isContained);
  });
});
