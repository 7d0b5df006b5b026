import { describe, expect, it } from '@jest/globals';
import { UnbackedCredit } from './unbacked-credit.ts';

const found = (unbacked: bigint, debited: bigint, asked = unbacked, reclaimed = asked) => ({
  ...{ unbacked, debited, asked, reclaimed },
});

describe('credit above the ledger (I2)', () => {
  it('is a difference beyond what has left the leased account since the last look', () => {
    const credit = new UnbackedCredit();
    credit.backed('a', 100n);
    expect(credit.isDifference('a', found(20n, 120n))).toBe(false);
    expect(credit.isDifference('a', found(21n, 140n))).toBe(true);
  });

  it('is a difference in the same size twice, although all of it was asked back', () => {
    const credit = new UnbackedCredit();
    credit.backed('a', 100n);
    expect(credit.isDifference('a', found(20n, 200n, 20n, 0n))).toBe(false);
    expect(credit.isDifference('a', found(20n, 300n, 20n, 0n))).toBe(true);
  });

  it('is none as long as requests hold what a charge has explained', () => {
    const credit = new UnbackedCredit();
    credit.backed('a', 100n);
    expect(credit.isDifference('a', found(20n, 120n, 0n))).toBe(false);
    expect(credit.isDifference('a', found(20n, 120n, 0n))).toBe(false);
    expect(credit.isDifference('a', found(21n, 120n, 21n))).toBe(true);
  });

  it('is judged by all that ever left where there was no look before', () => {
    expect(new UnbackedCredit().isDifference('a', found(1n, 0n))).toBe(true);
    expect(new UnbackedCredit().isDifference('a', found(1n, 1n))).toBe(false);
  });
});
