import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { allotCharge } from './allot-charge.ts';

const amount = fc.bigInt({ min: 0n, max: 10n ** 15n });

describe('allotCharge', () => {
  it('takes the leased money first, then the free balance, and leaves the rest to the platform', () => {
    expect(allotCharge({ leased: 5n, available: 3n }, 4n).allotment).toEqual({
      ...{ fromLeased: 4n, fromAvailable: 0n, fromPlatformLoss: 0n },
    });
    expect(allotCharge({ leased: 5n, available: 3n }, 10n)).toEqual({
      allotment: { fromLeased: 5n, fromAvailable: 3n, fromPlatformLoss: 2n },
      left: { leased: 0n, available: 0n },
    });
  });

  it('I2, I6: keeps to the nano what goes in, and takes nothing below zero, for any credit and any charges in a row', () => {
    fc.assert(
      fc.property(amount, amount, fc.array(amount, { maxLength: 20 }), (leased, available, charges) => {
        let credit = { leased, available };
        let lost = 0n;
        for (const charge of charges) {
          const { allotment, left } = allotCharge(credit, charge);
          const { fromLeased, fromAvailable, fromPlatformLoss } = allotment;
          expect(fromLeased + fromAvailable + fromPlatformLoss).toBe(charge);
          expect([fromLeased, fromAvailable, fromPlatformLoss, left.leased, left.available].every((n) => n >= 0n)).toBe(
            true,
          );
          expect(left).toEqual({ leased: credit.leased - fromLeased, available: credit.available - fromAvailable });
          if (fromPlatformLoss > 0n) expect(left).toEqual({ leased: 0n, available: 0n });
          if (fromAvailable > 0n) expect(left.leased).toBe(0n);
          credit = left;
          lost += fromPlatformLoss;
        }
        const charged = charges.reduce((total, charge) => total + charge, 0n);
        expect(leased + available + lost).toBe(charged + credit.leased + credit.available);
      }),
      { numRuns: 2000 },
    );
  });
});
