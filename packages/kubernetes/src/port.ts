/** One request to the API server; its body and its answer are JSON. */
export interface KubernetesCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From `resourcePath`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Default: `application/json`; a PATCH must set it. */
  readonly contentType?: string;
  readonly accept?: string;
  /** Of all attempts together. Default: 10 s. */
  readonly deadlineMs?: number;
  /** `high` goes past the waiting ones, for leases and statuses: a lost lease costs more than a late list. */
  readonly priority?: 'high' | 'normal';
  readonly signal?: AbortSignal;
}

export interface KubernetesStream {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly accept?: string;
  readonly signal: AbortSignal;
  /** A stream that brings no byte for so long is dead, and fails. */
  readonly idleMsMax: number;
}

/** Authentication and connections to one API server, from a kubeconfig or the pod's service account. */
export interface KubernetesConnection {
  /**
   * Asks within a deadline and our own rate. A rejected call (429, 503) is sent again; so is an idempotent call that
   * failed on its way. Throws KubernetesError, with status 0 if the API server gave no answer.
   */
  request(call: KubernetesCall): Promise<unknown>;
  /** Opens a streaming GET and yields its lines; ends with the answer, by abort, or by throwing KubernetesError. */
  stream(call: KubernetesStream): Promise<AsyncIterable<string>>;
  /** Of the pod, or of the kubeconfig's context. */
  readonly namespace: string | null;
  close(): Promise<void>;
}

/** Group, version and names of a kind. The core group is `''`. */
export interface ResourceKind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
}

/** `namespace` is `''` if the kind has none. */
export interface ResourceKey {
  readonly namespace: string;
  readonly name: string;
}

export type ResourceListener = (key: ResourceKey) => void;

/** A cache of one kind that is always right in the end: it lists, then watches, and never stops trying. */
export interface ResourceCache<T> {
  /** A second start changes nothing. */
  start(): void;
  /** True if every namespace has been listed once. */
  readonly hasSynced: boolean;
  /** Rejects when the signal aborts, or the cache is closed, before that. */
  whenSynced(signal?: AbortSignal): Promise<void>;
  get(namespace: string, name: string): T | undefined;
  list(): readonly T[];
  /**
   * Calls for each object that came, changed or went, and for all of them every `resyncMs`. The listener only notes the
   * key: how often it is called, and in which order, means nothing. One that throws is reported.
   */
  onChange(listener: ResourceListener): void;
  /**
   * When the API server was last heard, by the clock's `nowMs`, in the namespace heard least lately; 0 before the first
   * list.
   */
  readonly lastHeardMs: number;
  close(): Promise<void>;
}

/** Keys to work on, each by one worker at a time; a key that is added while it is worked on is worked on once more. */
export interface WorkQueue {
  /** Ignored, and reported, when `keysMax` keys are held already: the next resync brings them again. */
  add(key: string): void;
  /** The earliest of several delays counts; a plain `add` comes before any of them. */
  addAfter(key: string, delayMs: number): void;
  /** Keys that are due and not yet taken. */
  readonly depth: number;
  /** How long the run that takes longest has been going, in milliseconds; 0 when none is. */
  readonly longestRunMs: number;
  /** Aborts the runs and waits for their ends. */
  close(): Promise<void>;
}

/** Leader by a Lease: at most one of those that compete believes that it leads. */
export interface LeaderElector {
  start(): void;
  readonly isLeader: boolean;
  /**
   * The Lease's resourceVersion right after it was acquired; null when not leading. It is the store's revision, so a
   * later leader's is always higher, also if the Lease was deleted in between.
   */
  readonly epoch: number | null;
  /**
   * Releases the Lease, so that the next leader need not wait for it to expire. All work of this leader must have
   * stopped before.
   */
  close(): Promise<void>;
}

/** The object that an Event is about. `namespace` is `''` if the kind has none. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * Reports to people what happened to a resource, by Events. Never rejects and never blocks its caller: Events beyond
 * its bound are dropped.
 */
export interface EventRecorder {
  record(regarding: EventSubject, type: 'Normal' | 'Warning', reason: string, message: string): void;
  close(): Promise<void>;
}

/** Source of time; tests replace it. */
export interface Clock {
  /** Never goes back and never jumps; only differences mean anything. */
  nowMs(): number;
  /** Time of day. It may jump, so nothing is decided by it. */
  wallMs(): number;
  /** Calls once, after `delayMs`; returns a function that prevents it. */
  after(delayMs: number, callback: () => void): () => void;
}

/** A failure that the API server, or the way to it, returned instead of a result. */
export class KubernetesError extends Error {
  /** HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** The API server's word (`NotFound`, `Conflict`, `Expired`); `NoAnswer`, `Deadline`, `Closed` and such are ours. */
  readonly reason: string;
  /** How long the API server asked to be spared. */
  readonly retryAfterMs: number | undefined;
  constructor(
    status: number,
    reason: string,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'KubernetesError';
    this.status = status;
    this.reason = reason;
    this.retryAfterMs = options.retryAfterMs;
  }
}
