import { randomUUID } from 'node:crypto';
import {
  credentialsAnswer,
  type DeclarationsAnswer,
  type DeclaredCredential,
  type DeclaredProviderEntry,
  type DeclaredRouteEntry,
  declarationsAnswer,
  putRouteRequest,
} from '@aggregator/contracts';
import { asPeer } from './start-orchestrator.ts';

export const owner = 'default';

/** A provider as an operator declares it; the same name has the same uid. */
export function declared(name: string, change: Partial<DeclaredProviderEntry> = {}): DeclaredProviderEntry {
  return {
    origin: { namespace: 'ai', name, uid: `uid-${name}`, generation: 1 },
    name,
    type: 'OpenAI',
    credentialIds: [],
    options: {},
    concurrencyMax: null,
    models: [model('m')],
    hasKnownModels: false,
    include: [],
    exclude: [],
    ...change,
  };
}

export function model(id: string, output = '2') {
  const price = { input: '1', output };
  return { id, operations: ['chat.completions' as const], contextLength: 1000, maxOutputTokens: 100, price };
}

export function declaredRoute(name: string, targets: readonly string[]): DeclaredRouteEntry {
  const candidates = targets.map((target) => {
    const [provider = '', named = ''] = target.split('/');
    return { provider, model: named };
  });
  return {
    origin: { namespace: 'ai', name, uid: `uid-route-${name}`, generation: 1 },
    name,
    route: putRouteRequest.parse({ candidates }),
  };
}

interface Fence {
  epoch: number;
  sequence: number;
}

export interface Declarer {
  put(fence: Fence, providers: readonly unknown[], routes?: readonly unknown[]): Promise<Response>;
  /** As `declare`, of price tables alone. */
  declarePrices(fence: Fence, priceTables: readonly unknown[] | undefined): Promise<DeclarationsAnswer>;
  /** As `put`, with the answer read; throws where it is none. */
  declare(fence: Fence, providers: readonly unknown[], routes?: readonly unknown[]): Promise<DeclarationsAnswer>;
  hand(fence: Fence, credentials: readonly DeclaredCredential[]): Promise<Response>;
  /** As a proxy gets it. */
  readKeys(ids: readonly string[]): Promise<Record<string, string>>;
}

/** The operator of `owner`, and a proxy, as the orchestrator meets them. */
export function declarerAt(url: string, as = owner): Declarer {
  const send = async (method: string, path: string, peer: 'provider-operator' | 'proxy', body: unknown) =>
    await fetch(`${url}${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(await asPeer(peer)) },
      body: JSON.stringify(body),
    });
  const put: Declarer['put'] = (fence, providers, routes = []) =>
    send('PUT', `/internal/declarations/${as}`, 'provider-operator', { ...fence, providers, routes });
  return {
    put,
    async declare(fence, providers, routes) {
      return declarationsAnswer.parse(await (await put(fence, providers, routes)).json());
    },
    async declarePrices(fence, priceTables) {
      const body = { ...fence, providers: [], routes: [], priceTables };
      const answer = await send('PUT', `/internal/declarations/${as}`, 'provider-operator', body);
      return declarationsAnswer.parse(await answer.json());
    },
    hand: (fence, credentials) =>
      send('PUT', `/internal/declarations/${as}/credentials`, 'provider-operator', { ...fence, credentials }),
    async readKeys(ids) {
      const refs = ids.map((id) => `stored:${id}`);
      const answer = await send('POST', '/internal/credentials', 'proxy', { refs });
      return credentialsAnswer.parse(await answer.json()).credentials;
    },
  };
}

export function newCredential(provider: string, value: string): DeclaredCredential {
  return { id: randomUUID(), provider, value };
}
