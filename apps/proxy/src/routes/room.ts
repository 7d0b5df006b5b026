import { getHeapStatistics } from 'node:v8';
import { AppError, type Principal } from '@aggregator/contracts';
import { type Claim, type ClaimKind, FairPool, OpenMap, type Share, type ShareRefusal } from '@aggregator/service-kit';
import { Turns } from '../requests/turns.ts';

export interface RoomOptions {
  readonly requestsMax: number;
  /** Estimated memory of all requests together, as parsed. Bytes. */
  readonly memoryMax: number;
  onRefused(pool: string, by: RefusedBy): void;
}

/** The share that is used up, or `pool` if the whole is. */
export type RefusedBy = ClaimKind | 'pool';

/** A third of a pool for a key that is alone; half for its organisation. */
const keyWeight = 0.5;
const organizationWeight = 1;
/** The rest of the heap is for streams, snapshots, connections and garbage. */
const heapShare = 0.4;

/** Returns the memory that requests may take together, by V8's limit for the heap of this process. Bytes. */
export function chooseMemoryMax(): number {
  return Math.floor(getHeapStatistics().heap_size_limit * heapShare);
}

/**
 * What one proxy takes on at once: requests, and the memory that they take. Each key and each organisation has a share, and
 * the last part of each pool is free for others (I12).
 */
export class Room {
  readonly #options: RoomOptions;
  readonly #requests: FairPool;
  readonly #memory: FairPool;
  readonly #requestIds = new OpenMap<string, true>();
  readonly #turns = new Turns();

  constructor(options: RoomOptions) {
    this.#options = options;
    this.#requests = new FairPool('requests', options.requestsMax);
    this.#memory = new FairPool('memory', options.memoryMax);
  }

  /** Requests that are here now. */
  get count(): number {
    return this.#requestIds.size;
  }

  /** Estimated memory of all requests. Bytes. */
  get memoryTaken(): number {
    return this.#memory.taken;
  }

  /**
   * Takes a place, to be given back by `leave`. @throws {AppError} `rate_limit_exceeded` if the caller has its share,
   * `service_unavailable` if there is no place, `conflict` if this very request is here: two with one id would share a hold.
   */
  enter(requestId: string, principal: Principal): Place {
    if (this.#requestIds.has(requestId)) throw new AppError('conflict', { internal: `${requestId} is in flight` });
    const claims = claimsOf(principal);
    const request = this.#requests.open(claims);
    const refusal = request.take(1);
    if (refusal !== null) {
      request.close();
      throw this.#toError('requests', refusal);
    }
    this.#requestIds.set(requestId, true);
    const memory = this.#memory.open(claims);
    const takeTurn = () => this.#turns.take(callerOf(principal));
    return new Place(memory, this.#toMemoryError, takeTurn, () => {
      request.close();
      memory.close();
      this.#requestIds.delete(requestId);
    });
  }

  readonly #toMemoryError = (refused: ShareRefusal) => this.#toError('memory', refused);

  #toError(pool: string, { kind, isFull }: ShareRefusal): AppError {
    this.#options.onRefused(pool, isFull ? 'pool' : kind);
    const internal = `${pool}: ${isFull ? 'no room' : `the ${kind} has its share`}`;
    if (isFull) return new AppError('service_unavailable', { internal, retryAfterMs: 1000 });
    const message =
      'Too much is in progress for this key or organisation. Wait until a request has ended, then try again.';
    return new AppError('rate_limit_exceeded', { internal, message, retryAfterMs: 1000 });
  }
}

/** The place of one request. */
export class Place {
  readonly #memory: Share;
  readonly #toError: (refusal: ShareRefusal) => AppError;
  /** Resolves when the request may work for a while; for one that is large. */
  readonly takeTurn: () => Promise<void>;
  readonly leave: () => void;

  constructor(
    memory: Share,
    toError: (refusal: ShareRefusal) => AppError,
    takeTurn: () => Promise<void>,
    leave: () => void,
  ) {
    this.#memory = memory;
    this.#toError = toError;
    this.takeTurn = takeTurn;
    this.leave = leave;
  }

  /** Estimated memory of the request. Bytes. */
  get memoryTaken(): number {
    return this.#memory.taken;
  }

  /**
   * Sees to it that the request has at least this much memory. Bytes.
   * @throws {AppError} `rate_limit_exceeded` or `service_unavailable`
   */
  requireMemory(bytes: number): void {
    this.addMemory(bytes - this.#memory.taken);
  }

  /** Takes more memory, until the request leaves. Bytes. @throws {AppError} as `requireMemory` does. */
  addMemory(bytes: number): void {
    const refusal = bytes > 0 ? this.#memory.take(bytes) : null;
    if (refusal !== null) throw this.#toError(refusal);
  }
}

function callerOf({ keyId, userId }: Principal): string {
  return keyId ?? userId;
}

/** A principal is one object for as long as its token is remembered. */
const known = new WeakMap<Principal, readonly Claim[]>();

function claimsOf(principal: Principal): readonly Claim[] {
  let claims = known.get(principal);
  if (claims === undefined) {
    claims = [
      { kind: 'key', subject: callerOf(principal), weight: keyWeight },
      { kind: 'organization', subject: principal.orgId, weight: organizationWeight },
    ];
    known.set(principal, claims);
  }
  return claims;
}
