import { randomUUID } from 'node:crypto';
import type { AdmissionStore, AdmitRequest } from '../port.ts';

/** A store under test, and the hands on what surrounds it. */
export interface AdmissionHarness {
  readonly store: AdmissionStore;
  /** A clock that runs as fast as the store's own. */
  nowMs(): number;
  /** Resolves when the store's own clock has moved on by at least `ms`. */
  passTime(ms: number): Promise<void>;
  /** Loses all data, as a restart of an embedded store or FLUSHALL of a server does. `store` is usable afterwards. */
  loseData(): Promise<void>;
  close(): Promise<void>;
}

export type UseHarness = () => AdmissionHarness;

/** A request that nothing limits but its money. */
export function toRequest(request: Partial<AdmitRequest> & { orgId: string }): AdmitRequest {
  return { requestId: randomUUID(), holdNanoUsd: 0n, rates: [], concurrency: [], holdTtlMs: 600_000, ...request };
}

/** A new organisation with this much credit. */
export async function makeOrg(store: AdmissionStore, amountNanoUsd: bigint): Promise<string> {
  const orgId = randomUUID();
  await store.grantCredit({ orgId, leaseId: randomUUID(), amountNanoUsd });
  return orgId;
}

/** Numbers in 0…1 from a seed (mulberry32), so that a run can be repeated. */
export function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
