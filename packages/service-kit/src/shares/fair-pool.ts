/**
 * A part of a pool that one subject may have. `weight` 1 lets it take as much as it leaves free for others: half of what the
 * pool gives to all while it is alone, a third beside another one that takes all it can.
 */
export interface Claim {
  readonly kind: ClaimKind;
  /** Unique within its kind. The id itself, because V8 keeps its hash: a text that is joined again is hashed again. */
  readonly subject: string;
  readonly weight: number;
}

export type ClaimKind = 'key' | 'organization' | 'address' | 'public';

/** Whose share was used up, and whether its subject had nothing of the pool: then the pool is full. */
export interface ShareRefusal {
  readonly kind: ClaimKind;
  readonly isFull: boolean;
}

interface Level {
  readonly capacity: number;
  readonly reserved: number;
  taken: number;
}

interface Holding {
  taken: number;
  /** Shares that count on it. */
  open: number;
}

const noClaim: Claim = { kind: 'public', subject: '', weight: 0 };
/** Idle holdings are kept up to so many of one kind: to drop each at once would cost every request. */
const holdingsKept = 8192;

/** This part of a pool is only for subjects that have little. */
const reservedPart = 1 / 8;
/** A subject has little if that is at most this part of what is free. */
const littlePart = 1 / 16;

/**
 * A bounded amount that many subjects take from. No subject takes more than `weight` times what then is free, so one more
 * heavy subject makes the share of each one smaller. The last part is only for subjects that have little.
 */
export class FairPool {
  /** Label of the pool in metrics. */
  readonly name: string;
  readonly #level: Level;
  readonly #tables: Readonly<Record<ClaimKind, HoldingTable>> = {
    key: new HoldingTable(),
    organization: new HoldingTable(),
    address: new HoldingTable(),
    public: new HoldingTable(),
  };

  constructor(name: string, capacity: number) {
    this.name = name;
    this.#level = { capacity, reserved: capacity * reservedPart, taken: 0 };
  }

  get taken(): number {
    return this.#level.taken;
  }

  /** Begins with nothing taken. The share must be closed. */
  open(claims: readonly Claim[]): Share {
    const holdings: Holding[] = [];
    for (const claim of claims) holdings.push(this.#tables[claim.kind].open(claim.subject));
    return new Share(claims, holdings, this.#level);
  }
}

/** The holdings of all subjects of one kind. */
class HoldingTable {
  readonly #holdings = new Map<string, Holding>();
  #sweepAt = holdingsKept;

  open(subject: string): Holding {
    let holding = this.#holdings.get(subject);
    if (holding === undefined) {
      if (this.#holdings.size >= this.#sweepAt) this.#dropIdle();
      holding = { taken: 0, open: 0 };
      this.#holdings.set(subject, holding);
    }
    holding.open += 1;
    return holding;
  }

  /** Each one that is dropped has been paid for by the request that made it. */
  #dropIdle(): void {
    for (const [subject, { open }] of this.#holdings) if (open === 0) this.#holdings.delete(subject);
    this.#sweepAt = Math.max(holdingsKept, this.#holdings.size * 2);
  }
}

/** What one request has of a pool. */
export class Share {
  readonly #claims: readonly Claim[];
  readonly #holdings: readonly Holding[];
  readonly #level: Level;
  #taken = 0;
  #isClosed = false;

  constructor(claims: readonly Claim[], holdings: readonly Holding[], level: Level) {
    this.#claims = claims;
    this.#holdings = holdings;
    this.#level = level;
  }

  get taken(): number {
    return this.#taken;
  }

  /**
   * Returns why this amount cannot be taken now; null if it can. An address that has its share does not count for a caller
   * that has little: other callers behind the same address took it.
   */
  judge(amount: number): ShareRefusal | null {
    const { capacity, reserved, taken: takenByAll } = this.#level;
    const free = capacity - takenByAll - amount;
    const freeForAll = free - reserved;
    let refused: ClaimKind | null = null;
    let hasNothing = false;
    let callerHasLittle = true;
    let addressHasLittle = true;
    for (let index = 0; index < this.#claims.length; index += 1) {
      const { kind, weight } = this.#claims[index] ?? noClaim;
      const taken = this.#holdings[index]?.taken ?? 0;
      if (taken + amount > littlePart * free) {
        if (kind === 'address') addressHasLittle = false;
        else callerHasLittle = false;
      }
      if (taken + amount <= weight * freeForAll) continue;
      if (refused === null || refused === 'address') {
        refused = kind;
        hasNothing = taken === 0;
      }
    }
    if (refused === null) return null;
    if (callerHasLittle && (addressHasLittle || (refused === 'address' && freeForAll >= 0))) return null;
    return { kind: refused, isFull: hasNothing };
  }

  /** Takes the amount for all claims, or returns why it takes nothing. A closed share takes nothing more. */
  take(amount: number): ShareRefusal | null {
    if (this.#isClosed) return null;
    const refusal = this.judge(amount);
    if (refusal === null) this.#move(amount);
    return refusal;
  }

  /** Gives back at most what was taken. */
  give(amount: number): void {
    this.#move(-Math.min(amount, this.#taken));
  }

  /** Gives back all of it. A second call changes nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#move(-this.#taken);
    for (const holding of this.#holdings) holding.open -= 1;
  }

  #move(amount: number): void {
    this.#taken += amount;
    this.#level.taken += amount;
    for (const holding of this.#holdings) holding.taken += amount;
  }
}
