import type {
  Clock,
  KubernetesConnection,
  ResourceCache,
  ResourceKey,
  ResourceKind,
  ResourceListener,
} from '../port.ts';
import { KubernetesError } from '../port.ts';
import { apiVersionOf } from '../resource-path.ts';
import { systemClock } from '../time/system-clock.ts';
import { ListWatch } from './list-watch.ts';
import { ObjectStore } from './object-store.ts';
import { stripObject } from './strip-object.ts';

/** Counters of an operator; all optional. */
export interface CacheHooks {
  /**
   * A watch ended, or a list or watch failed, and is tried again; the reason is a KubernetesError's, `Ended` or
   * `Unreadable`.
   */
  onRestart?(kind: ResourceKind, reason: string): void;
  onRelist?(kind: ResourceKind): void;
  onEvent?(kind: ResourceKind, type: string): void;
  onError?(error: unknown): void;
}

export interface ResourceCacheOptions<T> extends CacheHooks {
  readonly connection: KubernetesConnection;
  readonly kind: ResourceKind;
  /** Null: all namespaces, by one watch. Else one list and watch for each, behind one cache. */
  readonly namespaces: readonly string[] | null;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  /** Keeps what is wanted of an object. One for which it throws is left out, and reported. */
  parse(object: unknown): T;
  /** Asks for metadata alone, and keeps nothing else. */
  readonly metadataOnly?: boolean;
  /** Pause between full lists, which report every object. Default: 10 min; a fifth more or less. */
  readonly resyncMs?: number;
  readonly silenceMsMax?: number;
  readonly objectsMax?: number;
  readonly clock?: Clock;
  readonly random?: () => number;
}

const resyncMsDefault = 600_000;
const silenceMsDefault = 90_000;
const objectsMaxDefault = 100_000;
const listenersMax = 16;

/** Throws RangeError for Secrets with their data: keys do not lie about in a cache. */
export function createResourceCache<T>(options: ResourceCacheOptions<T>): ResourceCache<T> {
  const isSecret = options.kind.group === '' && options.kind.plural === 'secrets';
  if (isSecret && options.metadataOnly !== true) throw new RangeError('Secrets are cached by metadataOnly alone');
  return new Cache(options);
}

class Cache<T> implements ResourceCache<T> {
  readonly #clock: Clock;
  readonly #store: ObjectStore<T>;
  readonly #parts: readonly { watch: ListWatch<T>; state: { heardAtMs: number; hasSynced: boolean } }[];
  readonly #listeners: ResourceListener[] = [];
  readonly #waiting = new Set<() => void>();
  readonly #onError: (error: unknown) => void;
  #isClosed = false;

  constructor(options: ResourceCacheOptions<T>) {
    this.#clock = options.clock ?? systemClock;
    this.#onError = options.onError ?? (() => undefined);
    const { kind, metadataOnly = false, objectsMax = objectsMaxDefault } = options;
    this.#store = new ObjectStore<T>({
      parse: options.parse,
      strip: (object) => stripObject(object, { apiVersion: apiVersionOf(kind), kind: kind.kind, metadataOnly }),
      objectsMax,
      onChange: (key) => this.#notify(key),
      onError: this.#onError,
    });
    const namespaces = options.namespaces === null ? [null] : [...new Set(options.namespaces)];
    this.#parts = namespaces.map((namespace) => this.#createPart(namespace, options, metadataOnly, objectsMax));
  }

  #createPart(namespace: string | null, options: ResourceCacheOptions<T>, metadataOnly: boolean, objectsMax: number) {
    const state = { heardAtMs: 0, hasSynced: false };
    const watch = new ListWatch<T>({
      connection: options.connection,
      kind: options.kind,
      namespace,
      labelSelector: options.labelSelector,
      fieldSelector: options.fieldSelector,
      metadataOnly,
      objectsMax,
      store: this.#store,
      clock: this.#clock,
      random: options.random ?? Math.random,
      resyncMs: options.resyncMs ?? resyncMsDefault,
      silenceMsMax: options.silenceMsMax ?? silenceMsDefault,
      onHeard: () => {
        state.heardAtMs = this.#clock.nowMs();
      },
      onSynced: () => {
        state.hasSynced = true;
        if (this.hasSynced) this.#wakeAll();
      },
      onRelist: () => options.onRelist?.(options.kind),
      onRestart: (reason) => options.onRestart?.(options.kind, reason),
      onEvent: (type) => options.onEvent?.(options.kind, type),
      onError: this.#onError,
    });
    return { watch, state };
  }

  start(): void {
    for (const { watch } of this.#parts) watch.start();
  }

  get hasSynced(): boolean {
    return this.#parts.every(({ state }) => state.hasSynced);
  }

  whenSynced(signal?: AbortSignal): Promise<void> {
    if (this.hasSynced) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#waiting.delete(end);
        signal?.removeEventListener('abort', end);
        if (this.hasSynced) resolve();
        else reject(signal?.reason ?? new KubernetesError(0, 'Closed', 'the cache was closed before it had synced'));
      };
      if (signal?.aborted || this.#isClosed) return end();
      signal?.addEventListener('abort', end, { once: true });
      this.#waiting.add(end);
    });
  }

  get(namespace: string, name: string): T | undefined {
    return this.#store.get(namespace, name);
  }

  list(): readonly T[] {
    return this.#store.list();
  }

  onChange(listener: ResourceListener): void {
    if (this.#listeners.length >= listenersMax) throw new RangeError(`a cache has at most ${listenersMax} listeners`);
    this.#listeners.push(listener);
  }

  get lastHeardMs(): number {
    return Math.min(...this.#parts.map(({ state }) => state.heardAtMs), Number.MAX_SAFE_INTEGER);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#parts.map(({ watch }) => watch.close()));
    this.#wakeAll();
  }

  #wakeAll(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #notify(key: ResourceKey): void {
    for (const listener of this.#listeners) {
      try {
        listener(key);
      } catch (error) {
        this.#onError(error);
      }
    }
  }
}
