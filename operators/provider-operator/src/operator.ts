import type { ModelRouteStatus, PriceTableStatus, ProviderStatus } from '@aggregator/contracts';
import { type Clock, createWorkQueue, type KubernetesConnection, type WorkQueue } from '@aggregator/kubernetes';
import type { OperatorEvents } from './events.ts';
import type { Orchestrator } from './orchestrator/open-orchestrator.ts';
import { CredentialReader } from './reconcile/credential-reader.ts';
import { declare } from './reconcile/declare.ts';
import { LeaderState } from './reconcile/leader-state.ts';
import { PendingObjects } from './reconcile/pending-objects.ts';
import { runPriceTable } from './reconcile/run-price-table.ts';
import { runProvider } from './reconcile/run-provider.ts';
import { runRoute } from './reconcile/run-route.ts';
import { unwatchedMs } from './reconcile/secret-reader.ts';
import { Observer } from './status/observe.ts';
import { createStatusWriter, type StatusWriter } from './status/write-conditions.ts';
import { ChangeFilter } from './watch/change-filter.ts';
import { modelRouteKind, priceTableKind, providerKind } from './watch/kinds.ts';
import type { Watches } from './watch/open-watches.ts';

export interface OperatorParts {
  readonly connection: KubernetesConnection;
  readonly watches: Watches;
  readonly orchestrator: Orchestrator;
  readonly events: OperatorEvents;
  readonly className: string;
  readonly clock: Clock;
  /** Another leads. */
  onStale(): void;
}

const declareKey = 'declare';
const debounceMs = 100;
const driftMs = 600_000;
const figuresMs = 5000;
const workers = 8;
const keysMax = 12_000;
const runsPerSecond = 2000;
const runMsMax = 60_000;

/**
 * One leader's work. The orchestrator takes the whole set of an owner, so there is one key for the set, and one for
 * each object for its status and finalizer: what is wrong with an object never holds up another.
 */
export class Operator {
  readonly #parts: OperatorParts;
  readonly #leader = new LeaderState();
  readonly #reader: CredentialReader;
  readonly #waiting: PendingObjects;
  readonly #queue: WorkQueue;
  readonly #observer: Observer;
  readonly #providers: StatusWriter<ProviderStatus>;
  readonly #routes: StatusWriter<ModelRouteStatus>;
  readonly #priceTables: StatusWriter<PriceTableStatus>;
  readonly #filter = new ChangeFilter();
  /** Uid of each object by its key, for when it is gone. */
  readonly #uids = new Map<string, string>();
  readonly #timers = new Map<string, () => void>();
  #isRunning = false;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
    const { connection, watches, events, clock, orchestrator } = parts;
    const onWritten = events.statusWritten;
    const writerParts = { connection, clock, onWritten, onConflict: events.statusConflict };
    this.#providers = createStatusWriter<ProviderStatus>(providerKind, writerParts);
    this.#routes = createStatusWriter<ModelRouteStatus>(modelRouteKind, writerParts);
    this.#priceTables = createStatusWriter<PriceTableStatus>(priceTableKind, writerParts);
    this.#waiting = new PendingObjects(() => clock.nowMs(), events.programmed);
    this.#reader = new CredentialReader({
      ...{ connection, clock, onUnreadable: events.secretUnreadable },
      cached: (namespace, name) => watches.secrets.get(namespace, name),
    });
    this.#queue = createWorkQueue({
      ...{ workers, keysMax, runsPerSecond, runsBurst: runsPerSecond, runMsMax, clock },
      run: (key, signal) => this.#run(key, signal),
      ...{ onError: events.runFailed, onRun: events.runEnded, onAdd: events.keyAdded },
      ...{ onRetry: events.keyRetried, onDropped: events.keyDropped },
    });
    this.#observer = new Observer({
      ...{ clock, readState: () => orchestrator.readState(), isWaiting: () => this.#waiting.isAny },
      onState: (state) => this.#takeState(state),
      onFailure: (error) => this.#noteReadFailed(error),
    });
    this.#listen(watches);
  }

  /** Only a leader begins, and only when everything has been seen once. */
  start(): void {
    const { providers, routes, priceTables } = this.#parts.watches;
    for (const object of priceTables.list()) this.#filter.isNews(keyOf('price-table', object.metadata), object);
    for (const object of providers.list()) this.#filter.isNews(keyOf('provider', object.metadata), object);
    for (const object of routes.list()) this.#filter.isNews(keyOf('route', object.metadata), object);
    this.#isRunning = true;
    this.#readProxies();
    this.#queue.add(declareKey);
    this.#addAll();
    this.#every('figures', figuresMs, () => this.#parts.events.queueSeen(this.#queue));
    this.#observer.wake();
    this.#every('drift', driftMs, () => this.#queue.add(declareKey));
    this.#every('unwatched', unwatchedMs, () => {
      if (this.#reader.hasUnwatched) this.#queue.add(declareKey);
    });
  }

  /** Begins nothing new, and ends what is under way. */
  async close(): Promise<void> {
    this.#isRunning = false;
    for (const cancel of this.#timers.values()) cancel();
    await Promise.all([this.#queue.close(), this.#observer.close()]);
  }

  #listen({ providers, routes, priceTables, secrets, proxies, namespaces }: Watches): void {
    providers.onChange((at) => this.#noteObject(keyOf('provider', at), providers.get(at.namespace, at.name)));
    routes.onChange((at) => this.#noteObject(keyOf('route', at), routes.get(at.namespace, at.name)));
    priceTables.onChange((at) => this.#noteObject(keyOf('price-table', at), priceTables.get(at.namespace, at.name)));
    secrets.onChange(({ namespace, name }) => {
      if (this.#reader.isReferenced(namespace, name)) this.#addDeclare();
    });
    namespaces?.onChange(() => this.#addDeclare());
    proxies.onChange(() => this.#readProxies());
  }

  #noteObject(key: string, object: Parameters<ChangeFilter['isNews']>[1]): void {
    const isNews = this.#filter.isNews(key, object);
    if (!this.#isRunning) return;
    this.#queue.add(key);
    if (isNews) this.#addDeclare();
  }

  #addDeclare(): void {
    if (this.#isRunning) this.#queue.addAfter(declareKey, debounceMs);
  }

  #addAll(): void {
    if (!this.#isRunning) return;
    const { providers, routes, priceTables } = this.#parts.watches;
    for (const { metadata } of priceTables.list()) this.#queue.add(keyOf('price-table', metadata));
    for (const { metadata } of providers.list()) this.#queue.add(keyOf('provider', metadata));
    for (const { metadata } of routes.list()) this.#queue.add(keyOf('route', metadata));
  }

  #readProxies(): void {
    const desired = [...new Set(this.#parts.watches.proxies.list().flat())].sort();
    if (JSON.stringify(desired) === JSON.stringify(this.#leader.desired)) return;
    this.#leader.desired = desired;
    this.#addAll();
    if (this.#isRunning) this.#observer.wake();
  }

  async #run(key: string, signal: AbortSignal): Promise<{ requeueAfterMs?: number }> {
    if (key === declareKey) return await this.#declare(signal);
    const [kind, namespace = '', name = ''] = key.split('/');
    const { watches, className, connection, events, clock } = this.#parts;
    const parts = { connection, events, clock, leader: this.#leader, waiting: this.#waiting };
    if (kind === 'provider') {
      const object = watches.providers.get(namespace, name);
      this.#forgetOther(key, object?.metadata.uid);
      if (object?.className !== className) return {};
      return await runProvider(object, { ...parts, writer: this.#providers }, signal);
    }
    if (kind === 'price-table') {
      const object = watches.priceTables.get(namespace, name);
      this.#forgetOther(key, object?.metadata.uid);
      if (object?.className !== className) return {};
      return await runPriceTable(object, { ...parts, writer: this.#priceTables }, signal);
    }
    const object = watches.routes.get(namespace, name);
    this.#forgetOther(key, object?.metadata.uid);
    if (object?.className !== className) return {};
    return await runRoute(object, { ...parts, writer: this.#routes }, signal);
  }

  async #declare(signal: AbortSignal): Promise<{ requeueAfterMs?: number }> {
    const { watches, className, orchestrator, events, onStale } = this.#parts;
    try {
      const outcome = await declare(
        {
          ...{ watches, className, orchestrator, events, onStale, reader: this.#reader, leader: this.#leader },
          onJudged: () => this.#addAll(),
        },
        signal,
      );
      events.orchestratorBack();
      return outcome;
    } finally {
      this.#observer.wake();
    }
  }

  #takeState(state: Parameters<LeaderState['takeState']>[0]): void {
    const { events, watches } = this.#parts;
    const wasReachable = this.#leader.isReachable;
    const { areProxiesNew, providers, wentBack } = this.#leader.takeState(state);
    if (wentBack) events.orchestratorWentBack();
    // A declaration that failed waits longer and longer; the orchestrator's first word ends that.
    if (wentBack || !wasReachable) this.#addDeclare();
    if (areProxiesNew) this.#addAll();
    const changed = new Set(providers);
    for (const { metadata } of changed.size > 0 ? watches.providers.list() : []) {
      if (changed.has(metadata.name)) this.#queue.add(keyOf('provider', metadata));
    }
  }

  #noteReadFailed(error: unknown): void {
    this.#parts.events.orchestratorFailed(error);
    const wasReachable = this.#leader.isReachable;
    this.#leader.noteReadFailed();
    if (wasReachable) this.#addAll();
  }

  /** What is remembered of an object goes with it, also where another one of the same name has taken its place. */
  #forgetOther(key: string, uid: string | undefined): void {
    const known = this.#uids.get(key);
    if (known === uid) return;
    if (uid === undefined) this.#uids.delete(key);
    else this.#uids.set(key, uid);
    if (known === undefined) return;
    this.#providers.forget(known);
    this.#routes.forget(known);
    this.#priceTables.forget(known);
    this.#waiting.set(known, false);
    this.#parts.events.conditions.remove(known);
    this.#parts.events.priceTableConditions.remove(known);
  }

  #every(name: string, intervalMs: number, run: () => void): void {
    const repeat = () => {
      run();
      this.#every(name, intervalMs, run);
    };
    this.#timers.set(name, this.#parts.clock.after(intervalMs, repeat));
  }
}

function keyOf(
  kind: 'provider' | 'route' | 'price-table',
  { namespace, name }: { namespace: string; name: string },
): string {
  return `${kind}/${namespace}/${name}`;
}
