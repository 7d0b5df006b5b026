import { describe, expect, it } from '@jest/globals';
import { KeySightings } from './key-sightings.ts';

const caller = (keyId: string | null) => ({ keyId, orgId: 'o' });

describe('sightings of keys', () => {
  it('count requests and addresses of each key until they are taken, and no access tokens', () => {
    const sightings = new KeySightings();
    for (const address of ['192.0.2.1', '192.0.2.1', '2001:db8::1', '2001:db8::2']) sightings.see(caller('k'), address);
    sightings.see(caller(null), '192.0.2.9');
    sightings.reject('192.0.2.7');
    sightings.reject('192.0.2.7');

    expect(sightings.take()).toEqual({
      keys: [{ keyId: 'k', organizationId: 'o', requests: 4, addresses: ['192.0.2.1', '2001:db8:0:0::/64'] }],
      rejected: [{ address: '192.0.2.7', count: 2 }],
    });
    expect(sightings.take()).toBeNull();
  });

  it('are bounded in keys, in addresses of one key and in rejected addresses', () => {
    const sightings = new KeySightings();
    for (let index = 0; index < 1100; index += 1) {
      sightings.see(caller(`k${index}`), '192.0.2.1');
      sightings.see(caller('k0'), `10.0.${index >> 8}.${index & 255}`);
      sightings.reject(`10.1.${index >> 8}.${index & 255}`);
    }
    const report = sightings.take();
    expect([report?.keys.length, report?.keys[0]?.addresses.length, report?.rejected.length]).toEqual([1000, 8, 100]);
  });
});
