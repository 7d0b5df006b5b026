import { describe, expect, it } from '@jest/globals';
import { sizeLease } from './size-lease.ts';

const target = 1_000_000_000n;

describe('sizeLease', () => {
  it('leases the usual size from a full balance', () => {
    expect(sizeLease({ needed: 5n, available: 50n * target, target })).toBe(target);
  });

  it('leases a tenth of a small balance', () => {
    expect(sizeLease({ needed: 5n, available: target, target })).toBe(target / 10n);
  });

  it('leases exactly what is needed near the end of a balance', () => {
    expect(sizeLease({ needed: 60n, available: 100n, target })).toBe(60n);
    expect(sizeLease({ needed: 100n, available: 100n, target })).toBe(100n);
  });

  it('leases what one request needs, where that is more than the usual size', () => {
    expect(sizeLease({ needed: 3n * target, available: 50n * target, target })).toBe(3n * target);
  });

  it('leases nothing where the balance does not cover the need', () => {
    expect(sizeLease({ needed: 101n, available: 100n, target })).toBeNull();
    expect(sizeLease({ needed: 1n, available: 0n, target })).toBeNull();
  });
});
