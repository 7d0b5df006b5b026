import { randomUUID } from 'node:crypto';
import type { DeclarationsAnswer, RoutingState } from '@aggregator/contracts';
import type { DeclaredEntry, DeclaredSet } from '../reconcile/declared-set.ts';
import { takeAnswer } from '../reconcile/declared-set.ts';
import type { Gathered, GatheredProvider } from '../reconcile/gathered.ts';
import type { KeyReading } from '../reconcile/key-reading.ts';
import type { Traffic } from '../status/judge-credentials.ts';
import { type ObservedProvider, type ObservedRoute, readModelRoute, readProvider } from '../watch/read-object.ts';

interface ObjectFields {
  name?: string;
  namespace?: string;
  createdAt?: string;
  generation?: number;
  deletedAt?: string;
  annotations?: Record<string, string>;
  spec?: Record<string, unknown>;
  status?: unknown;
}

function toObject(fields: ObjectFields, name: string, spec: Record<string, unknown>): unknown {
  return {
    metadata: {
      name: fields.name ?? name,
      namespace: fields.namespace ?? 'team-a',
      uid: randomUUID(),
      generation: fields.generation ?? 1,
      resourceVersion: '1',
      creationTimestamp: fields.createdAt ?? '2026-01-01T00:00:00Z',
      ...(fields.deletedAt !== undefined && { deletionTimestamp: fields.deletedAt }),
      ...(fields.annotations !== undefined && { annotations: fields.annotations }),
    },
    spec: { ...spec, ...fields.spec },
    ...(fields.status !== undefined && { status: fields.status }),
  };
}

/** A Provider of type Mock, which needs nothing, unless the spec says something else. */
export function sampleProvider(fields: ObjectFields = {}): ObservedProvider {
  return readProvider(toObject(fields, 'mock', { type: 'Mock' }));
}

export function sampleRoute(fields: ObjectFields = {}): ObservedRoute {
  return readModelRoute(toObject(fields, 'chat', { model: 'chat', targets: [{ providerRef: { name: 'mock' } }] }));
}

export function sampleKey(fields: Partial<KeyReading> = {}): KeyReading {
  return {
    name: 'primary',
    secretName: 'openai',
    secretKey: 'api-key',
    resourceVersion: '10',
    isWatched: true,
    credentialId: '11111111-1111-8111-8111-111111111111',
    problem: null,
    ...fields,
  };
}

export function gathered(
  providers: readonly (GatheredProvider | ObservedProvider)[],
  routes: readonly ObservedRoute[] = [],
  labelsOf: Gathered['labelsOf'] = () => null,
): Gathered {
  return {
    providers: providers.map((each) => ('object' in each ? each : { object: each, keys: [] })),
    routes,
    priceTables: [],
    labelsOf,
  };
}

/** As if the orchestrator had accepted all of it. */
export function accepted(
  entries: readonly DeclaredEntry[],
  snapshot: DeclarationsAnswer['snapshot'] = { epoch: 1, version: 5 },
  known: DeclaredSet | null = null,
): DeclaredSet {
  const results = entries.map(({ origin }) => ({ uid: origin.uid, result: 'accepted' as const, message: '' }));
  return takeAnswer(known, entries, { snapshot, entries: results });
}

export function sampleTraffic(fields: Partial<Traffic> = {}): Traffic {
  return {
    provider: 'mock',
    breaker: 'closed',
    attempts: 0,
    failures: 0,
    p95Ms: null,
    inFlight: 0,
    unauthorized: 0,
    health: { state: 'unknown', since: null, lastProbeAt: null, reason: null },
    ...fields,
  };
}

export function sampleReport(
  instance: string,
  version: number,
  fields: { result?: 'ack' | 'nack'; problems?: { entry: string; message: string }[]; proxyId?: string } = {},
): RoutingState['proxies'][number] {
  return {
    proxyId: fields.proxyId ?? `${instance}/1`,
    instance,
    snapshot: { epoch: 1, version, result: fields.result ?? 'ack', problems: fields.problems ?? [] },
    requestsInFlight: 0,
    lastSeenAt: '2026-01-01T00:00:00.000Z',
  };
}
