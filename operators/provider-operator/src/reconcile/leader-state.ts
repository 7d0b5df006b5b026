import type { RoutingState } from '@aggregator/contracts';
import type { Traffic } from '../status/judge-credentials.ts';
import type { Proxies } from '../status/judge-programmed.ts';
import { type ProxyAck, readAcks } from '../status/proxy-acks.ts';
import type { ObjectMetadata } from '../watch/read-object.ts';
import type { PriceTableVerdict } from './check-price-tables.ts';
import type { RouteVerdict } from './check-routes.ts';
import type { ProviderVerdict } from './checks.ts';
import { type Answered, type DeclaredEntry, type DeclaredSet, digestOf, type SnapshotPoint } from './declared-set.ts';

type Verdict = ProviderVerdict | RouteVerdict | PriceTableVerdict;

/**
 * In-memory state of the current leader. Not persisted: a new leader rebuilds it from the API server and the
 * orchestrator.
 */
export class LeaderState {
  #providers = new Map<string, ProviderVerdict>();
  #routes = new Map<string, RouteVerdict>();
  #priceTables = new Map<string, PriceTableVerdict>();
  #traffic = new Map<string, Traffic>();
  #acks: ReadonlyMap<string, ProxyAck> = new Map();
  /** Of each provider that is being deleted: the first snapshot without it. */
  #leftAt = new Map<string, SnapshotPoint>();
  #state: SnapshotPoint | null = null;
  #declared: DeclaredSet | null = null;
  #hasDeclareFailed = false;
  #hasReadFailed = false;
  desired: readonly string[] = [];

  get declared(): DeclaredSet | null {
    return this.#declared;
  }

  get proxies(): Proxies {
    const isKnown = this.#state !== null;
    return { desired: this.desired, acks: this.#acks, isReachable: this.isReachable, isKnown };
  }

  get isReachable(): boolean {
    return !this.#hasDeclareFailed && !this.#hasReadFailed;
  }

  /** The verdict on this very generation; undefined while there is none. */
  providerVerdict(metadata: ObjectMetadata): ProviderVerdict | undefined {
    return ofGeneration(this.#providers.get(metadata.uid), metadata);
  }

  routeVerdict(metadata: ObjectMetadata): RouteVerdict | undefined {
    return ofGeneration(this.#routes.get(metadata.uid), metadata);
  }

  priceTableVerdict(metadata: ObjectMetadata): PriceTableVerdict | undefined {
    return ofGeneration(this.#priceTables.get(metadata.uid), metadata);
  }

  /** What the orchestrator said of this very entry; null where it said it of another one, or nothing. */
  answeredOf(entry: DeclaredEntry | null): Answered | null {
    const answered = entry === null ? undefined : this.#declared?.answered.get(entry.origin.uid);
    return entry !== null && answered?.digest === digestOf(entry) ? answered : null;
  }

  trafficOf(provider: string): Traffic | undefined {
    return this.#traffic.get(provider);
  }

  leftAt(uid: string): SnapshotPoint | null {
    return this.#leftAt.get(uid) ?? null;
  }

  takeVerdicts(
    providers: readonly ProviderVerdict[],
    routes: readonly RouteVerdict[],
    priceTables: readonly PriceTableVerdict[],
  ): void {
    this.#providers = new Map(providers.map((verdict) => [verdict.object.metadata.uid, verdict]));
    this.#routes = new Map(routes.map((verdict) => [verdict.object.metadata.uid, verdict]));
    this.#priceTables = new Map(priceTables.map((verdict) => [verdict.object.metadata.uid, verdict]));
  }

  takeDeclared(declared: DeclaredSet): void {
    this.#declared = declared;
    this.#hasDeclareFailed = false;
    const going = [...this.#providers.values()].filter(({ pauseReason }) => pauseReason === 'Deleted');
    this.#leftAt = new Map(
      going.map(({ object: { metadata } }) => [metadata.uid, this.#leftAt.get(metadata.uid) ?? declared.snapshot]),
    );
  }

  noteDeclareFailed(): void {
    this.#hasDeclareFailed = true;
  }

  noteReadFailed(): void {
    this.#hasReadFailed = true;
  }

  /** Returns what is new: whether anything of the proxies is, and which providers have other figures than before. */
  takeState(state: RoutingState): { areProxiesNew: boolean; providers: readonly string[]; wentBack: boolean } {
    const { epoch, version } = state;
    const wentBack = this.#wentBack({ epoch, version });
    const acks = readAcks(this.#acks, state);
    const isFirst = this.#state === null;
    const areProxiesNew = isFirst || this.#hasReadFailed || toAcksKey(acks) !== toAcksKey(this.#acks);
    const traffic = new Map(state.providers.map((each) => [each.provider, each]));
    const names = new Set([...traffic.keys(), ...this.#traffic.keys()]);
    const providers = [...names].filter(
      (name) => toTrafficKey(traffic.get(name)) !== toTrafficKey(this.#traffic.get(name)),
    );
    this.#acks = acks;
    this.#traffic = traffic;
    this.#state = { epoch, version };
    this.#hasReadFailed = false;
    return { areProxiesNew, providers, wentBack };
  }

  /** The orchestrator was restored to an earlier time, or began again: what we declared may be gone. */
  #wentBack(state: SnapshotPoint): boolean {
    const declared = this.#declared?.snapshot;
    if (declared === undefined) return false;
    const hasOtherEpoch = state.epoch !== declared.epoch;
    return hasOtherEpoch || (this.#state?.epoch === state.epoch && state.version < this.#state.version);
  }
}

function ofGeneration<V extends Verdict>(verdict: V | undefined, metadata: ObjectMetadata): V | undefined {
  if (verdict === undefined) return undefined;
  const judged = verdict.object.metadata;
  const isSame = judged.generation === metadata.generation && judged.deletionTimestamp === metadata.deletionTimestamp;
  return isSame ? verdict : undefined;
}

function toAcksKey(acks: ReadonlyMap<string, ProxyAck>): string {
  const reported = [...acks.values()].map(({ lastSeenAt: _, served, refused, ...ack }) => ({
    ...ack,
    served: served && [served.point, ...served.problems],
    refused,
  }));
  return JSON.stringify(reported.sort((one, other) => (one.instance < other.instance ? -1 : 1)));
}

/** The time of the last probe moves without anything being new. */
function toTrafficKey(traffic: Traffic | undefined): string {
  return JSON.stringify(traffic && { ...traffic, health: { ...traffic.health, lastProbeAt: null } });
}
