import { FairPool } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { claimsOf, publicClaimsOf } from './claims.ts';

const principalOf = (organization: string, key: string) => ({
  ...{ orgId: organization, userId: 'user', keyId: key, scopes: [], models: null },
  limits: { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null },
});

/** Takes one by one until it is refused, and returns how many it got. */
function takeAll(pool: FairPool, organization: string, key: string, address = '192.0.2.1'): number {
  const share = pool.open(claimsOf(principalOf(organization, key), address));
  while (share.take(1) === null);
  return share.taken;
}

describe('a pool with shares (I12)', () => {
  it('gives a key a third, an organisation half and an address three quarters of what is for all', () => {
    const pool = new FairPool('ai_requests', 1200);

    expect(takeAll(pool, 'a', 'a1')).toBe(350);
    expect(takeAll(pool, 'a', 'a2')).toBe(175);
    expect(takeAll(pool, 'a', 'a3')).toBe(0);
    for (const other of ['b', 'c', 'd']) takeAll(pool, other, other);
    expect(pool.taken).toBeLessThanOrEqual(1050);
  });

  it('serves a caller that has little when others behind its address took the share of the address', () => {
    const pool = new FairPool('ai_requests', 1200);
    for (const attacker of ['a', 'b', 'c', 'd', 'e']) takeAll(pool, attacker, attacker, '192.0.2.1');

    expect(takeAll(pool, 'victim', 'key', '192.0.2.1')).toBeGreaterThan(5);
  });

  it('leaves a part for a subject that has nothing when fifty others take all they can', () => {
    const pool = new FairPool('ai_requests', 7168);
    for (let attacker = 0; attacker < 50; attacker += 1) {
      takeAll(pool, `attacker-${attacker}`, `key-${attacker}`, `192.0.2.${attacker}`);
    }

    expect(takeAll(pool, 'victim', 'key', '198.51.100.1')).toBeGreaterThan(1);
  });

  it('refuses a subject that has its share apart from one that finds the pool full', () => {
    const pool = new FairPool('ai_bodies', 114);
    const large = pool.open(claimsOf(principalOf('a', 'a'), '192.0.2.1'));
    const other = pool.open(claimsOf(principalOf('b', 'b'), '192.0.2.2'));

    expect(large.take(33)).toBeNull();
    expect(large.take(1)).toEqual({ kind: 'key', isFull: false });
    expect(other.take(60)).toEqual({ kind: 'key', isFull: true });
    expect(pool.taken).toBe(33);
  });

  it('gives all clients without a credential together no more than half', () => {
    const pool = new FairPool('management_requests', 1000);
    for (let client = 0; client < 100; client += 1) {
      const share = pool.open(publicClaimsOf(`192.0.2.${client}`));
      while (share.take(1) === null);
    }

    expect(pool.taken).toBeLessThanOrEqual(500);
    expect(takeAll(pool, 'a', 'a')).toBeGreaterThan(100);
  });

  it('counts the addresses of one IPv6 client as one', () => {
    const pool = new FairPool('public_bodies', 100);
    const first = pool.open(publicClaimsOf('2001:db8:0:1::1'));
    while (first.take(1) === null);

    expect(pool.open(publicClaimsOf('2001:db8:0:1::2')).take(1)).toEqual({ kind: 'address', isFull: false });
    expect(pool.open(publicClaimsOf('2001:db8:0:2::1')).take(1)).toBeNull();
  });

  it('gives nothing to a share that is closed', () => {
    const pool = new FairPool('ai_bodies', 100);
    const share = pool.open(publicClaimsOf('192.0.2.1'));
    share.close();

    share.take(5);

    expect(pool.taken).toBe(0);
  });

  it('never gives more than it has, and has all of it back when every share is closed', () => {
    const step = fc.record({ tenant: fc.nat(4), amount: fc.integer({ min: 1, max: 60 }), isGift: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const pool = new FairPool('ai_bodies', 200);
        const shares = [0, 1, 2, 3, 4].map((tenant) =>
          pool.open(claimsOf(principalOf(`o${tenant % 2}`, `k${tenant}`), `192.0.2.${tenant % 3}`)),
        );
        for (const { tenant, amount, isGift } of steps) {
          if (isGift) shares[tenant]?.give(amount);
          else shares[tenant]?.take(amount);
          expect(pool.taken).toBe(shares.reduce((sum, { taken }) => sum + taken, 0));
          expect(pool.taken).toBeLessThanOrEqual(200);
        }
        for (const share of shares) share.close();
        expect(pool.taken).toBe(0);
      }),
    );
  });
});
