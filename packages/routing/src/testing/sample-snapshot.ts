import type { RoutingSnapshot, SnapshotModel, SnapshotProvider } from '@aggregator/contracts';
import type { TargetKey, TargetMeasures, TargetStanding } from '@aggregator/resilience';
import type { RouteRequest, TargetView } from '../route-port.ts';

export const sampleModel = (id: string, more: Partial<SnapshotModel> = {}): SnapshotModel => ({
  id,
  operations: ['chat.completions'],
  contextLength: 1000,
  maxOutputTokens: 100,
  capabilities: ['tools'],
  firstLifeMs: null,
  priceVersion: 'p1',
  ...more,
});

export const sampleProvider = (
  name: string,
  models: SnapshotModel[],
  more: Partial<SnapshotProvider> = {},
): SnapshotProvider => ({
  name,
  type: 'OpenAI',
  baseUrl: 'https://provider.example/v1',
  isAddressTrusted: false,
  credentialRefs: ['none'],
  options: {},
  concurrencyMax: null,
  models,
  ...more,
});

export const sampleCandidate = (provider: string, model: string, priority = 0, weight = 1) => ({
  provider,
  model,
  priority,
  weight,
});

type Route = RoutingSnapshot['routes'][number];

export const sampleRoute = (name: string, candidates: Route['candidates'], more: Partial<Route> = {}): Route => ({
  name,
  strategy: 'weighted',
  isSticky: false,
  resume: 'verified',
  mayFailOverOnPolicy: false,
  candidates,
  ...more,
});

export const sampleRequest = (model: string, more: Partial<RouteRequest> = {}): RouteRequest => ({
  model,
  fallbacks: [],
  operation: 'chat.completions',
  organizationId: '0192f0c0-0000-7000-8000-000000000001',
  principalModels: null,
  preferences: null,
  chat: null,
  affinity: null,
  ...more,
});

/**
 * What is known of targets, by key or by provider where the key is not named; of the others nothing, and nothing ill.
 */
export function sampleView(
  known: {
    readonly standings?: Readonly<Record<TargetKey, TargetStanding>>;
    readonly measures?: Readonly<Record<TargetKey, Partial<TargetMeasures>>>;
    readonly unhealthy?: readonly string[];
  } = {},
): TargetView {
  const providerOf = (key: TargetKey) => key.slice(0, key.indexOf('\n'));
  return {
    judge: (key) => known.standings?.[key] ?? known.standings?.[providerOf(key)] ?? 'ready',
    measure(key) {
      const found = known.measures?.[key] ?? known.measures?.[providerOf(key)];
      if (found === undefined) return null;
      return { latencyMs: 100, tokensPerSecond: null, errorShare: 0, inFlight: 0, standing: 'ready', ...found };
    },
    isHealthy: (provider) => !(known.unhealthy ?? []).includes(provider),
  };
}

/** The same numbers in [0, 1) each time, as good as chance. */
export function sampleChance(seed = 42): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
