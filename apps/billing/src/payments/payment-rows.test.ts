import { describe, expect, it } from '@jest/globals';
import { toNextUnits, unitsOf } from './payment-rows.ts';

const cent = 10_000_000n;
const payment = { amount: 2000n * cent, minorUnits: 184_692n };
const refund = (amount: bigint, minorUnits: bigint | null) => ({ amount, minorUnits });

describe('the units of the refunds of a payment', () => {
  it.each([[1n], [7n], [333n], [667n], [1999n], [2000n]])('add up to what was paid, in parts of %d cents', (part) => {
    const refunds: { amount: bigint; minorUnits: bigint | null }[] = [];
    for (let left = 2000n; left > 0n; left -= part) {
      const amount = (left < part ? left : part) * cent;
      const next = toNextUnits({ ...payment, refunded: (2000n - left) * cent }, refunds, amount);
      expect(next).toBeGreaterThan(0n);
      refunds.push(refund(amount, next));
    }
    expect(refunds.reduce((sum, { minorUnits }) => sum + (minorUnits ?? 0n), 0n)).toBe(184_692n);
  });

  it('add up where an earlier one failed, or was made by an earlier release', () => {
    const old = refund(667n * cent, null);
    expect(unitsOf(payment, old)).toBe(61_594n);
    expect(toNextUnits({ ...payment, refunded: old.amount }, [old], 1333n * cent)).toBe(123_098n);
    // The first of two parts failed: what is left returns all but the second one.
    const second = refund(1333n * cent, 123_098n);
    expect(toNextUnits({ ...payment, refunded: second.amount }, [second], 667n * cent)).toBe(61_594n);
  });
});
