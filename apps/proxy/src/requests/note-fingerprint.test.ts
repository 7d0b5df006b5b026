import { randomBytes } from 'node:crypto';
import type { Principal } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Exchange } from '../exchange.ts';
import { createFingerprintKey, noteFingerprint } from './note-fingerprint.ts';

const [one, other] = ['0190a000-0000-7000-8000-000000000001', '0190a000-0000-7000-8000-000000000002'];
const secret = randomBytes(32).toString('base64url');
const key = createFingerprintKey([secret]);

function fingerprintOf(text: string, orgId = one, by = key) {
  const exchange: Pick<Exchange, 'fingerprint' | 'principal'> = { principal: { orgId } as Principal };
  noteFingerprint(by, exchange, Buffer.from(text));
  return exchange.fingerprint;
}

describe('the fingerprint of a request', () => {
  it('is the same for the same text of one organisation in each proxy, and another for each other text', () => {
    expect(fingerprintOf('a')).toEqual({ whole: expect.stringMatching(/^[\w-]{12}$/) });
    expect(fingerprintOf('a', one, createFingerprintKey([secret, 'older']))).toEqual(fingerprintOf('a'));
    expect(fingerprintOf('b')).not.toEqual(fingerprintOf('a'));
  });

  it('I17: says nothing without the key, and is another one in another organisation', () => {
    expect(fingerprintOf('a', other)).not.toEqual(fingerprintOf('a'));
    expect(fingerprintOf('a', one, createFingerprintKey(undefined))).not.toEqual(fingerprintOf('a'));
  });

  it('says how a long request begins, and hashes a very long one no further', () => {
    const start = 'x'.repeat(8192);
    expect(fingerprintOf(start)).toEqual({ whole: expect.any(String) });
    const longer = fingerprintOf(`${start}${'y'.repeat(8192)}`);
    expect(longer).toEqual({ whole: expect.any(String), prefix: expect.any(String), prefixPermille: 500 });
    const longest = fingerprintOf(start.repeat(5));
    expect(longest).toEqual({ prefix: longer?.prefix, prefixPermille: 200 });
  });
});
