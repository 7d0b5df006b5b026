import type { BackOff } from '@aggregator/resilience';
import { failureOf } from '../connection/read-failure.ts';
import { type Clock, KubernetesError } from '../port.ts';
import { resourcePath } from '../resource-path.ts';
import { fullJitterMs } from '../time/back-off.ts';
import { pause } from '../time/pause.ts';
import { listAll, type Selection, selectorQuery } from './list-all.ts';
import type { ObjectStore } from './object-store.ts';
import { metadataAccept, wireEvent, wireObject } from './wire.ts';

const backOff: BackOff = { firstMs: 500, longestMs: 30_000 };
const watchSeconds = 290;
const watchSecondsSpread = 20;
/** A watch that ends sooner, without a word, is refused in a polite way. */
const shortWatchMs = 1000;
/**
 * After so many watches that fail one after the other, the version we watch from is suspect itself (a restored etcd).
 */
const failuresBeforeRelist = 5;

export interface ListWatchOptions<T> extends Selection {
  readonly store: ObjectStore<T>;
  readonly clock: Clock;
  readonly random: () => number;
  readonly resyncMs: number;
  /** Bookmarks come once a minute; who is silent longer than this is dead. */
  readonly silenceMsMax: number;
  readonly objectsMax: number;
  onHeard(): void;
  onSynced(): void;
  onRelist(): void;
  onRestart(reason: string): void;
  onEvent(type: string): void;
  onError(error: unknown): void;
}

/** List, then watch, then list again when the watch cannot continue; without end, but never twice at once. */
export class ListWatch<T> {
  readonly #options: ListWatchOptions<T>;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  /** The version to watch from; undefined when everything must be listed first. */
  #version: string | undefined;
  #failures = 0;
  #resyncAtMs = 0;
  #hasListed = false;

  constructor(options: ListWatchOptions<T>) {
    this.#options = options;
  }

  start(): void {
    if (this.#stop.signal.aborted) return;
    this.#running ??= this.#run();
  }

  async close(): Promise<void> {
    this.#stop.abort(new KubernetesError(0, 'Closed', 'the watch has been closed'));
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        if (this.#version === undefined) await this.#list();
        else await this.#watch(this.#version);
      } catch (error) {
        if (signal.aborted) return;
        await this.#recover(error);
      }
    }
  }

  async #list(): Promise<void> {
    const { store, namespace, clock, random, resyncMs } = this.#options;
    const isResync = this.#hasListed && clock.nowMs() >= this.#resyncAtMs;
    const { objects, resourceVersion } = await listAll(this.#options, {
      objectsMax: this.#options.objectsMax,
      signal: this.#stop.signal,
      onPage: this.#options.onHeard,
    });
    store.replace(namespace, objects, isResync);
    this.#version = resourceVersion;
    if (isResync || !this.#hasListed) this.#resyncAtMs = clock.nowMs() + resyncMs * (0.8 + 0.4 * random());
    this.#hasListed = true;
    this.#options.onRelist();
    this.#options.onSynced();
  }

  async #watch(from: string): Promise<void> {
    const { connection, kind, namespace, clock, random } = this.#options;
    const openedAtMs = clock.nowMs();
    const stop = new AbortController();
    const cancelResync = clock.after(Math.max(0, this.#resyncAtMs - openedAtMs), () => stop.abort('resync'));
    let events = 0;
    try {
      const lines = await connection.stream({
        path: resourcePath(kind, { namespace: namespace ?? undefined }),
        query: {
          ...selectorQuery(this.#options),
          watch: 'true',
          allowWatchBookmarks: 'true',
          resourceVersion: from,
          timeoutSeconds: String(watchSeconds + Math.floor(watchSecondsSpread * random())),
        },
        idleMsMax: this.#options.silenceMsMax,
        signal: AbortSignal.any([this.#stop.signal, stop.signal]),
        ...(this.#options.metadataOnly ? { accept: metadataAccept } : {}),
      });
      for await (const line of lines) {
        this.#options.onHeard();
        this.#take(line);
        events += 1;
        this.#failures = 0;
      }
    } catch (error) {
      if (!stop.signal.aborted || this.#stop.signal.aborted) throw error;
      this.#version = undefined;
      return;
    } finally {
      cancelResync();
    }
    if (events === 0 && clock.nowMs() - openedAtMs < shortWatchMs) {
      throw new KubernetesError(0, 'Short', 'the watch ended at once');
    }
    this.#failures = 0;
    this.#options.onRestart('Ended');
  }

  #take(line: string): void {
    const { type, object } = parseEvent(line);
    this.#options.onEvent(type);
    if (type === 'ERROR') throw failureOf(500, object);
    const version = object.metadata?.resourceVersion;
    if (type !== 'BOOKMARK') {
      const parsed = wireObject.parse(object);
      if (type === 'DELETED') this.#options.store.remove(parsed);
      else this.#options.store.put(parsed);
    }
    if (typeof version === 'string' && version !== '') this.#version = version;
  }

  /** After any failure: report it, forget a version that no longer holds, wait a while, and let the loop continue. */
  async #recover(error: unknown): Promise<void> {
    const failure = error instanceof KubernetesError ? error : undefined;
    this.#failures += 1;
    const isUnreadable = failure === undefined;
    const isExpired = failure?.status === 410;
    if (isExpired || isUnreadable || this.#failures % failuresBeforeRelist === 0) this.#version = undefined;
    this.#options.onRestart(failure?.reason ?? 'Unreadable');
    if (!isExpired) this.#options.onError(error);
    const { clock, random } = this.#options;
    const waitMs = (failure?.retryAfterMs ?? 0) + fullJitterMs(backOff, this.#failures, random);
    await pause(clock, waitMs, this.#stop.signal);
  }
}

function parseEvent(line: string) {
  return wireEvent.parse(JSON.parse(line));
}
