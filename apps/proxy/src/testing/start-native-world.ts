import type { ProviderType, Rates } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';
import { startWorld, toSnapshot, type World, type WorldOptions } from './start-world.ts';

/** One provider of a native world. */
export interface NativeProvider {
  readonly name: string;
  readonly type: ProviderType;
  readonly capabilities?: readonly 'prefill'[];
  readonly options?: Readonly<Record<string, string>>;
  /** Rates beside those of tokens and searches. */
  readonly rates?: Rates;
}

export interface NativeWorld extends World {
  /** By name; their model is `m`. Each provider has a route of its name; the route `all` has all of them in order. */
  readonly upstreams: Readonly<Record<string, ScriptedUpstream>>;
  upstream(name: string): ScriptedUpstream;
  /** No failure of a provider is remembered, and every provider fails until it has an answer. */
  reset(): void;
  send(path: string, body: string, headers?: Record<string, string>): Promise<SentAnswer>;
}

export interface SentAnswer {
  readonly requestId: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const rates: Rates = {
  ...{ inputUncached: '3000000', cacheRead: '300000', cacheWrite5m: '3750000', cacheWrite1h: '6000000' },
  ...{ outputText: '15000000', outputReasoning: '15000000', toolCalls: '10000000000' },
};

/** A world whose providers answer by script, in the dialects of the given types. */
export async function startNativeWorld(
  providers: readonly NativeProvider[],
  options: WorldOptions = {},
): Promise<NativeWorld> {
  let clockMs = 0;
  const monotonicNow = () => clockMs + performance.now();
  const world = await startWorld({ balanceNanoUsd: 100_000_000_000n, monotonicNow, ...options });
  const upstreams: Record<string, ScriptedUpstream> = {};
  const names = providers.map(({ name }) => name);
  for (const name of names) upstreams[name] = await startScriptedUpstream();
  const snapshot = toSnapshot(world.mock.url, world.scripted.url, 2);
  const route = (name: string, targets: readonly string[]) => ({
    ...{ name, strategy: 'weighted' as const, isSticky: false, resume: 'verified' as const },
    mayFailOverOnPolicy: false,
    candidates: targets.map((provider, priority) => ({ provider, model: 'm', priority, weight: 1 })),
  });
  world.orchestrator.publish({
    ...snapshot,
    providers: [
      ...snapshot.providers,
      ...providers.map(({ name, type, capabilities = [], options: own = {} }) => ({
        ...{ name, type, baseUrl: upstreams[name]?.url ?? '', isAddressTrusted: true, credentialRefs: ['none'] },
        ...{ options: { ...own }, concurrencyMax: null },
        models: [
          {
            ...{ id: 'm', operations: ['chat.completions' as const], contextLength: 200_000, maxOutputTokens: 64_000 },
            ...{ capabilities: [...capabilities], firstLifeMs: null, priceVersion: `${name}/1` },
          },
        ],
      })),
    ],
    prices: {
      ...snapshot.prices,
      ...Object.fromEntries(providers.map(({ name, rates: more }) => [`${name}/1`, { ...rates, ...more }])),
    },
    routes: [...names.map((name) => route(`only-${name}`, [name])), route('all', names)],
  });
  await waitFor(() => world.orchestrator.acks.at(-1)?.version === 2, { describe: 'the models' });
  const native: NativeWorld = {
    ...{ ...world, upstreams },
    upstream(name) {
      const found = upstreams[name];
      if (found === undefined) throw new Error(`no provider ${name}`);
      return found;
    },
    reset() {
      // Rests, breakers and budgets are over.
      clockMs += 7_200_000;
      for (const upstream of Object.values(upstreams)) {
        upstream.requests = 0;
        upstream.answer = (_request, response) => void response.writeHead(500).end();
      }
    },
    async send(path, body, headers = {}) {
      const requestId = createUuidV7();
      const response = await world.post(path, body, {
        'content-type': 'application/json',
        ...(await world.headers(requestId)),
        ...headers,
      });
      return { requestId, status: response.status, headers: response.headers, text: await response.text() };
    },
    async stop() {
      await world.stop();
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.close()));
    },
  };
  return native;
}
