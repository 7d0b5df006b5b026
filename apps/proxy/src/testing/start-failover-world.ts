import type { RoutingSnapshot } from '@aggregator/contracts';
import {
  type Fault,
  type LedgerRecord,
  type MockAttempt,
  type MockProviderServer,
  startMockProviderServer,
} from '@aggregator/mock-provider';
import { mockModels } from '@aggregator/providers';
import { waitFor } from '@aggregator/testing';
import { startWorld, toSnapshot, type World, type WorldOptions } from './start-world.ts';

/** One of two providers that serve the same model, and fail as a test sets. */
export interface FaultyProvider {
  readonly server: MockProviderServer;
  /** What goes wrong with its n-th attempt since the last `reset`, counted from 1; null for nothing. */
  fault: (attempt: MockAttempt, count: number) => Fault | null;
  readonly count: number;
  /** Attempts that it is still at. */
  openAttempts(): LedgerRecord[];
  reset(): void;
}

export interface FailoverWorld extends World {
  readonly primary: FaultyProvider;
  readonly fallback: FaultyProvider;
}

/** Models of the world: `story` goes to the primary, then to the fallback; `alone` to the primary only. */
export async function startFailoverWorld(
  options: WorldOptions & { canPrefill?: boolean } = {},
): Promise<FailoverWorld> {
  const primary = await startFaultyProvider();
  const fallback = await startFaultyProvider();
  const world = await startWorld(options);
  world.orchestrator.publish(toFailoverSnapshot(world, primary, fallback, options.canPrefill === true));
  await waitFor(() => world.proxy.context.routing.index?.snapshot.version === 2, { describe: 'the routes' });
  return {
    ...world,
    primary,
    fallback,
    async stop() {
      await world.stop();
      await Promise.all([primary.server.close(), fallback.server.close()]);
    },
  };
}

async function startFaultyProvider(): Promise<FaultyProvider> {
  let count = 0;
  const server = await startMockProviderServer({
    port: 0,
    wordsPerAnswer: 60,
    faults(attempt) {
      count += 1;
      return provider.fault(attempt, count);
    },
  });
  const provider: FaultyProvider = {
    server,
    fault: () => null,
    get count() {
      return count;
    },
    openAttempts: () => server.ledger.records().filter((record) => record.state === 'open'),
    reset() {
      count = 0;
      provider.fault = () => null;
    },
  };
  return provider;
}

function toFailoverSnapshot(
  world: World,
  primary: FaultyProvider,
  fallback: FaultyProvider,
  canPrefill: boolean,
): RoutingSnapshot {
  const [small, large] = mockModels;
  if (small === undefined || large === undefined) throw new Error('the mock provider has two models');
  const common = {
    type: 'Mock' as const,
    isAddressTrusted: true,
    credentialRefs: ['none'],
    options: {},
    concurrencyMax: null,
  };
  const snapshot = toSnapshot(world.mock.url, world.scripted.url, 2);
  const toModel = ({ rates: _rates, ...model }: typeof small) => ({ ...model, priceVersion: `${model.id}/1` });
  const route = {
    ...{ strategy: 'weighted' as const, isSticky: false, resume: 'verified' as const, mayFailOverOnPolicy: false },
  };
  const first = { provider: 'primary', model: small.id, priority: 0, weight: 1 };
  const second = { provider: 'fallback', model: large.id, priority: 1, weight: 1 };
  return {
    ...snapshot,
    providers: [
      ...snapshot.providers,
      { ...common, name: 'primary', baseUrl: primary.server.url, models: [toModel(small)] },
      {
        ...common,
        name: 'fallback',
        baseUrl: fallback.server.url,
        models: [{ ...toModel(large), capabilities: canPrefill ? ['prefill'] : [] }],
      },
    ],
    routes: [
      { ...route, name: 'story', candidates: [first, second] },
      { ...route, name: 'alone', candidates: [first] },
      { ...route, name: 'unresumed', resume: 'off', candidates: [first, second] },
      { ...route, name: 'shopping', mayFailOverOnPolicy: true, candidates: [first, second] },
    ],
  };
}
