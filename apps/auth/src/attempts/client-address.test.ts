import { describe, expect, it } from '@jest/globals';
import { clientAddressOf } from './client-address.ts';

const addressOf = (forwarded?: string) => {
  const headers = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded };
  return clientAddressOf({ headers });
};

describe('clientAddressOf', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['203.0.113.9, 192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:0db8:0:1::5', '2001:db8:0:1::/64'],
    ['2001:DB8:0:1:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', 'unknown'],
    ['x'.repeat(65), 'unknown'],
    [undefined, 'unknown'],
  ])('reads %s as %s', (forwarded, address) => {
    expect(addressOf(forwarded)).toBe(address);
  });
});
