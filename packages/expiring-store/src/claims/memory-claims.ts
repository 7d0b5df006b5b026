import {
  type ClaimBounds,
  type ClaimEnd,
  type ClaimRequest,
  type ClaimResult,
  type ClaimStore,
  checkClaim,
  checkLease,
  claimBytes,
} from './port.ts';

export interface MemoryClaimStoreOptions extends ClaimBounds {
  /** A monotonic clock in milliseconds; `performance.now` by default. */
  readonly now?: () => number;
}

/** The claims of one process. They end with it. */
export function createMemoryClaimStore(options: MemoryClaimStoreOptions): ClaimStore {
  return new MemoryClaimStore(options, options.now ?? (() => performance.now()));
}

interface Entry {
  readonly tenant: string;
  readonly owner: string;
  readonly fingerprint: string;
  readonly expiresMs: number;
  leaseEndsMs: number;
  isOpen: boolean;
  value: Buffer | null;
}

interface Share {
  entries: number;
  bytes: number;
}

class MemoryClaimStore implements ClaimStore {
  readonly #bounds: ClaimBounds;
  readonly #now: () => number;
  /** In order of expiry, since all are kept for the same time. */
  readonly #entries = new Map<string, Entry>();
  readonly #shares = new Map<string, Share>();
  #bytes = 0;

  constructor(bounds: ClaimBounds, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
  }

  async claim(name: string, request: ClaimRequest): Promise<ClaimResult> {
    checkClaim(name, request);
    const now = this.#expire();
    const { tenant, owner, fingerprint, leaseMs } = request;
    const known = this.#entries.get(name);
    if (known !== undefined) {
      if (known.fingerprint !== fingerprint) return { result: 'other' };
      if (known.isOpen && known.leaseEndsMs > now) return { result: 'open' };
      return known.value === null ? { result: 'lost' } : { result: 'finished', value: known.value };
    }
    const share = this.#shares.get(tenant) ?? { entries: 0, bytes: 0 };
    const { entriesMax, tenantEntriesMax, bytesMax, tenantBytesMax } = this.#bounds;
    if (share.entries >= tenantEntriesMax || share.bytes + claimBytes > tenantBytesMax)
      return { result: 'tenant_full' };
    if (this.#entries.size >= entriesMax || this.#bytes + claimBytes > bytesMax) return { result: 'full' };
    const entry = { tenant, owner, fingerprint, leaseEndsMs: now + leaseMs, isOpen: true, value: null };
    this.#add(name, { ...entry, expiresMs: now + this.#bounds.keptMs });
    return { result: 'claimed' };
  }

  async renew(name: string, owner: string, leaseMs: number): Promise<boolean> {
    checkLease(leaseMs);
    const now = this.#expire();
    const entry = this.#findOpen(name, owner);
    if (entry === null) return false;
    entry.leaseEndsMs = now + leaseMs;
    return true;
  }

  async finish(name: string, owner: string, value: Buffer | null): Promise<ClaimEnd> {
    const now = this.#expire();
    const entry = this.#findOpen(name, owner);
    if (entry === null) return 'gone';
    this.#drop(name);
    const kept = value !== null && this.#fits(entry.tenant, value.length) ? value : null;
    this.#add(name, { ...entry, isOpen: false, value: kept, expiresMs: now + this.#bounds.keptMs });
    return kept === null ? 'not_kept' : 'kept';
  }

  async release(name: string, owner: string): Promise<void> {
    this.#expire();
    if (this.#findOpen(name, owner) !== null) this.#drop(name);
  }

  async close(): Promise<void> {
    this.#entries.clear();
    this.#shares.clear();
    this.#bytes = 0;
  }

  #fits(tenant: string, length: number): boolean {
    const { bytesMax, tenantBytesMax, valueBytesMax } = this.#bounds;
    const size = claimBytes + length;
    const used = this.#shares.get(tenant)?.bytes ?? 0;
    return length <= valueBytesMax && used + size <= tenantBytesMax && this.#bytes + size <= bytesMax;
  }

  #findOpen(name: string, owner: string): Entry | null {
    const entry = this.#entries.get(name);
    return entry?.owner === owner && entry.isOpen ? entry : null;
  }

  #add(name: string, entry: Entry): void {
    this.#entries.set(name, entry);
    this.#count(entry, 1);
  }

  #drop(name: string): void {
    const entry = this.#entries.get(name);
    if (entry === undefined) return;
    this.#entries.delete(name);
    this.#count(entry, -1);
  }

  #count({ tenant, value }: Entry, sign: 1 | -1): void {
    const size = sign * (claimBytes + (value?.length ?? 0));
    const share = this.#shares.get(tenant) ?? { entries: 0, bytes: 0 };
    share.entries += sign;
    share.bytes += size;
    this.#bytes += size;
    if (share.entries === 0) this.#shares.delete(tenant);
    else this.#shares.set(tenant, share);
  }

  #expire(): number {
    const now = this.#now();
    for (const [name, { expiresMs }] of this.#entries) {
      if (expiresMs > now) break;
      this.#drop(name);
    }
    return now;
  }
}
