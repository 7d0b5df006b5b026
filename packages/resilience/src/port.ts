import type { ErrorCode } from '@aggregator/contracts';

/**
 * Key under which failures of a target are remembered: `<provider>\n<model>\n<credentialRef>`. Remembered per provider
 * or per key alone, one sick model would condemn its healthy neighbours.
 */
export type TargetKey = string;

/**
 * A failure of one attempt, judged once: by the provider's adapter if the provider answered, by the relay if it did
 * not.
 */
export interface Failure {
  readonly code: ErrorCode;
  readonly kind: FailureKind;
  /** The same request to the same target can succeed later. */
  readonly isRetryable: boolean;
  /** Another target may be tried. */
  readonly mayFailOver: boolean;
  readonly retryAfterMs: number | null;
  /** The key itself is dead (401) or has no money left (`insufficient_quota`): every target with this key rests. */
  readonly isKeyAtFault?: boolean;
  /**
   * The target rejected the request and then kept the connection open without a word: it is not asked again while
   * another is left.
   */
  readonly isHung?: boolean;
}

/**
 * `answered`: by a status or an error event. `unreachable`: no byte of an answer. `silent`: no life within its limit.
 * `torn`: broke off, or ended before it was whole. `garbled`: nothing that could be understood.
 */
export type FailureKind = 'answered' | 'unreachable' | 'silent' | 'torn' | 'garbled';

/** The attempts of one request so far. */
export interface AttemptHistory {
  /** Attempts at the present target, the failed one included. */
  readonly triesHere: number;
  /** Retries at the present target that waited for exactly a Retry-After. */
  readonly waitsHere: number;
  /** Other targets are left to try. */
  readonly hasNext: boolean;
  /** Until the request must be over. */
  readonly leftMs: number;
  /** Time that all pauses of this request took so far. */
  readonly pausedMs: number;
  /** Something of an answer has gone to the client. */
  readonly hasDelivered: boolean;
  /** The result of `TargetMemory.fail`. */
  readonly isOpenNow: boolean;
}

/** `resume`: only after delivery; the relay continues the answer at the next target (docs/routing.md). */
export type Decision =
  | { readonly next: 'again'; readonly pauseMs: number }
  | { readonly next: 'other' }
  | { readonly next: 'resume' }
  | { readonly next: 'fail' };

export interface RetryPolicy {
  /** `MAX_RETRIES`, `RETRY_DELAY_MS`, `RETRY_BACKOFF_MULTIPLIER`: apply if no other target is left. */
  readonly retriesMax: number;
  readonly delayMs: number;
  readonly multiplier: number;
}

/** The proxy's memory of its targets. In process; bounded; every method synchronous. */
export interface TargetMemory {
  /** `ready`, or why it had better be skipped. Takes nothing. */
  judge(key: TargetKey): TargetStanding;
  /**
   * Begins an attempt. Of an open target whose time has come, the first to begin is the probe and the others still find
   * it open. Exactly one of `succeed`, `fail` and `forget` ends it.
   */
  begin(key: TargetKey): AttemptTicket;
  /** A whole answer. */
  succeed(
    ticket: AttemptTicket,
    facts: { readonly ttftMs: number | null; readonly latencyMs: number; readonly outputTokens: number },
  ): void;
  /**
   * Returns true if the target is open now, by this failure or since before: then an immediate retry there is useless.
   */
  fail(ticket: AttemptTicket, failure: Failure): boolean;
  /** It says nothing about the target: the client left, or the request was at fault. */
  forget(ticket: AttemptTicket): void;
  /**
   * Takes one retry from the budget of this target's provider and model. Returns true if there was room. A lone failure
   * always has its first retry.
   */
  takeRetry(key: TargetKey): boolean;
  /** For routing by measurement and for metrics; null before anything is known. */
  measure(key: TargetKey): TargetMeasures | null;
  /** Forgets what is not in `keys`; called with each new snapshot. */
  retain(keys: ReadonlySet<TargetKey>): void;
}

export type TargetStanding = 'ready' | 'probe' | 'open' | 'resting';

export interface TargetMeasures {
  /**
   * Weighted mean of recent times to first life, or of whole answers if nothing streams. Of a target that has only
   * failed: how long that took.
   */
  readonly latencyMs: number;
  /** After first life, if it streams. Null before anything is known, and if answers have no tokens. */
  readonly tokensPerSecond: number | null;
  /** 0…1 of the last 20 attempts that said something of the target, since it was last closed. */
  readonly errorShare: number;
  readonly inFlight: number;
  readonly standing: TargetStanding;
}

/** Opaque to callers. */
export interface AttemptTicket {
  readonly key: TargetKey;
}
