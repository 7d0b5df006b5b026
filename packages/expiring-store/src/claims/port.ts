/**
 * Claims of work that must be done once: the first caller has the claim, the others learn its state, and later its end.
 * A claim counts against its tenant, so that no tenant takes the room of another. Nothing is displaced before its time.
 * Every method rejects if the store cannot be asked in time: without its answer the work must not be done.
 */
export interface ClaimStore {
  /** One atomic step. `name` is the work, `fingerprint` what exactly was asked. */
  claim(name: string, claim: ClaimRequest): Promise<ClaimResult>;
  /** Returns false if the claim is not the owner's any more. */
  renew(name: string, owner: string, leaseMs: number): Promise<boolean>;
  /** Ends a claim. `value` is what others are given; null, or no room for it: they learn only that it was done. */
  finish(name: string, owner: string, value: Buffer | null): Promise<ClaimEnd>;
  /** As if it had never been claimed. Does nothing if the claim is not the owner's. */
  release(name: string, owner: string): Promise<void>;
  close(): Promise<void>;
}

export interface ClaimRequest {
  readonly tenant: string;
  readonly owner: string;
  readonly fingerprint: string;
  /** After so long without `renew` the owner counts as gone. Milliseconds. */
  readonly leaseMs: number;
}

export type ClaimResult =
  | { readonly result: 'claimed' }
  /** Claimed with another fingerprint. */
  | { readonly result: 'other' }
  | { readonly result: 'open' }
  | { readonly result: 'finished'; readonly value: Buffer }
  /** Its owner went without an end, or its value was not kept. */
  | { readonly result: 'lost' }
  /** The tenant has too many claims. */
  | { readonly result: 'tenant_full' }
  | { readonly result: 'full' };

/** `gone`: the claim was not the owner's any more. */
export type ClaimEnd = 'kept' | 'not_kept' | 'gone';

export interface ClaimBounds {
  /** The time that a claim is remembered after its start, and again after its end. Milliseconds. */
  readonly keptMs: number;
  readonly entriesMax: number;
  readonly tenantEntriesMax: number;
  /** Bytes of all claims; each counts for `claimBytes` and its value. */
  readonly bytesMax: number;
  readonly tenantBytesMax: number;
  readonly valueBytesMax: number;
}

/** Bytes that a claim counts for without its value. */
export const claimBytes = 512;

const textMax = 256;

/** @throws {RangeError} if the caller is wrong. */
export function checkClaim(name: string, { tenant, owner, fingerprint, leaseMs }: ClaimRequest): void {
  for (const text of [name, tenant, owner, fingerprint]) {
    if (text === '' || text.length > textMax) throw new RangeError(`names have 1 to ${textMax} characters`);
  }
  if (name.startsWith('#')) throw new RangeError('names that begin with # are those of the index');
  checkLease(leaseMs);
}

export function checkLease(leaseMs: number): void {
  if (!Number.isInteger(leaseMs) || leaseMs < 1) throw new RangeError('a lease is 1 or more whole milliseconds');
}
