import {
  type CacheHooks,
  type Clock,
  createResourceCache,
  type KubernetesConnection,
  KubernetesError,
  type ResourceCache,
  type ResourceKind,
  type ResourceListener,
} from '@aggregator/kubernetes';

export interface WatchedKindOptions<T> extends CacheHooks {
  readonly connection: KubernetesConnection;
  readonly kind: ResourceKind;
  /** Null: all of them, by one watch. */
  readonly namespaces: readonly string[] | null;
  readonly labelSelector?: string;
  readonly metadataOnly?: boolean;
  parse(object: unknown): T;
  /** We may not read this namespace, or its API server has no such kind; logged once until it changes. */
  onForbidden(kind: ResourceKind, namespace: string): void;
  /**
   * So long a refusal must last to be believed: permissions that were just given take a moment to be known everywhere.
   */
  readonly refusalMs: number;
  readonly clock: Clock;
  /** It has settled, too, if we may look into none of the namespaces: what depends on it finds that out by itself. */
  readonly isOptional?: boolean;
}

interface Part<T> {
  readonly namespace: string;
  readonly cache: ResourceCache<T>;
  /** Since when the API server says that we may not look; null where it lets us. */
  forbiddenSinceMs: number | null;
}

const settlePollMs = 20;

/**
 * Objects of one kind in the namespaces that are watched. One that we may not look into holds up none of the others.
 */
export class WatchedKind<T> {
  readonly #parts: readonly Part<T>[];
  readonly #byNamespace: ReadonlyMap<string, Part<T>>;
  readonly #isEverywhere: boolean;
  readonly #clock: Clock;
  readonly #refusalMs: number;
  readonly #isOptional: boolean;

  constructor(options: WatchedKindOptions<T>) {
    this.#clock = options.clock;
    this.#refusalMs = options.refusalMs;
    this.#isOptional = options.isOptional ?? false;
    this.#isEverywhere = options.namespaces === null;
    this.#parts = (options.namespaces ?? ['']).map((namespace) => this.#createPart(namespace, options));
    this.#byNamespace = new Map(this.#parts.map((part) => [part.namespace, part]));
  }

  #createPart(namespace: string, options: WatchedKindOptions<T>): Part<T> {
    const { onForbidden, namespaces, refusalMs: _, isOptional: _optional, onError, onRelist, ...rest } = options;
    const part: Part<T> = {
      namespace,
      forbiddenSinceMs: null,
      cache: createResourceCache<T>({
        ...rest,
        namespaces: namespaces === null ? null : [namespace],
        onRelist: (kind) => {
          part.forbiddenSinceMs = null;
          onRelist?.(kind);
        },
        onError: (error) => {
          if (isRefusal(error) && part.forbiddenSinceMs === null) {
            part.forbiddenSinceMs = this.#clock.nowMs();
            onForbidden(options.kind, namespace);
          }
          onError?.(error);
        },
      }),
    };
    return part;
  }

  start(): void {
    for (const { cache } of this.#parts) cache.start();
  }

  /** True if all that may be seen has been seen once. */
  get isSettled(): boolean {
    const isDecided = ({ cache, forbiddenSinceMs }: Part<T>) =>
      cache.hasSynced || (forbiddenSinceMs !== null && this.#clock.nowMs() - forbiddenSinceMs >= this.#refusalMs);
    const isEnough = this.#isOptional || this.#parts.some(({ cache }) => cache.hasSynced);
    return isEnough && this.#parts.every(isDecided);
  }

  /** True if any of it has been seen: what is not in the list is then gone, not unknown. */
  get hasSynced(): boolean {
    return this.#parts.some(({ cache, forbiddenSinceMs }) => cache.hasSynced && forbiddenSinceMs === null);
  }

  /** Resolves when it has settled, or the signal aborts, whichever comes first. */
  async whenSettled(signal: AbortSignal): Promise<void> {
    while (!this.isSettled && !signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#clock.after(settlePollMs, resolve);
      });
    }
  }

  get(namespace: string, name: string): T | undefined {
    return this.#byNamespace.get(this.#isEverywhere ? '' : namespace)?.cache.get(namespace, name);
  }

  list(): readonly T[] {
    return this.#parts.flatMap(({ cache }) => cache.list());
  }

  onChange(listener: ResourceListener): void {
    for (const { cache } of this.#parts) cache.onChange(listener);
  }

  /** When the API server was last heard where it lets us look, by the clock's `nowMs`. */
  get lastHeardMs(): number {
    const open = this.#parts.filter(({ forbiddenSinceMs }) => forbiddenSinceMs === null);
    return Math.min(...open.map(({ cache }) => cache.lastHeardMs), Number.MAX_SAFE_INTEGER);
  }

  async close(): Promise<void> {
    await Promise.all(this.#parts.map(({ cache }) => cache.close()));
  }
}

/** 403: we may not look. 404: the API server has no such kind. */
function isRefusal(error: unknown): boolean {
  return error instanceof KubernetesError && (error.status === 403 || error.status === 404);
}
