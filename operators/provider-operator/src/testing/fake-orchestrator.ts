import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  AppError,
  type DeclarationResult,
  type DeclaredCredential,
  type DeclaredPriceTableEntry,
  type DeclaredProviderEntry,
  type DeclaredRouteEntry,
  type EntryProblem,
  problemBody,
  putCredentialsRequest,
  putDeclarationsRequest,
  type RoutingState,
} from '@aggregator/contracts';
import type { Traffic } from '../status/judge-credentials.ts';

interface FakeProxy {
  /** The version that it took last. */
  version: number;
  result: 'ack' | 'nack';
  problems: EntryProblem[];
  /** Takes nothing newer. */
  isStuck: boolean;
}

/** An orchestrator with its proxies, as the operator sees them: real HTTP on 127.0.0.1, and everything at hand. */
export class FakeOrchestrator {
  readonly credentials = new Map<string, DeclaredCredential>();
  readonly proxies = new Map<string, FakeProxy>();
  readonly traffic = new Map<string, Traffic>();
  /** By name: what is answered instead of `accepted`. */
  readonly refusals = new Map<string, Pick<DeclarationResult, 'result' | 'message'>>();
  /** Each call that was taken, in order. */
  readonly calls: { path: string; epoch: number; sequence: number; names: string[] }[] = [];
  providers: DeclaredProviderEntry[] = [];
  routes: DeclaredRouteEntry[] = [];
  /** As they were last sent; undefined where the operator does not see them. */
  priceTables: DeclaredPriceTableEntry[] | undefined;
  snapshot = { epoch: 1, version: 1 };
  /** True if every request gets 503. */
  isDown = false;
  /** Has nothing to seal keys with. */
  takesNoKeys = false;
  owner = { epoch: 0, sequence: 0 };
  #content = '';
  #server: Server;
  url = '';

  constructor() {
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((error: unknown) => refuse(response, error));
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (typeof address === 'object' && address !== null) this.url = `http://127.0.0.1:${address.port}`;
    return this;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  addProxy(instance: string): FakeProxy {
    const proxy: FakeProxy = { version: this.snapshot.version, result: 'ack', problems: [], isStuck: false };
    this.proxies.set(instance, proxy);
    return proxy;
  }

  /** A registry that was restored to an earlier time: none of our entries is in it. */
  restore(): void {
    this.snapshot = { epoch: this.snapshot.epoch + 1, version: 1 };
    this.providers = [];
    this.routes = [];
    this.credentials.clear();
    this.#content = '';
    this.#publish();
  }

  namesOf(): string[] {
    return this.providers.map(({ name }) => name).sort();
  }

  /** The key values that proxies would use for a provider. */
  keysOf(name: string): string[] {
    const ids = this.providers.find((provider) => provider.name === name)?.credentialIds ?? [];
    return ids.flatMap((id) => this.credentials.get(id)?.value ?? []);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const body = await readJson(request);
    if (this.isDown) throw new AppError('service_unavailable');
    if (path === '/internal/routing-state') return send(response, 200, this.#state());
    if (path.endsWith('/credentials')) {
      const { credentials, ...fence } = putCredentialsRequest.parse(body);
      if (this.takesNoKeys) throw new AppError('conflict');
      this.#pass(path, fence, []);
      for (const credential of credentials) this.credentials.set(credential.id, credential);
      return send(response, 204, undefined);
    }
    const { providers, routes, priceTables, ...fence } = putDeclarationsRequest.parse(body);
    this.#pass(
      path,
      fence,
      [...providers, ...routes].map(({ name }) => name),
    );
    this.priceTables = priceTables;
    const results = [...providers, ...routes, ...(priceTables ?? [])].map((entry) => this.#judge(entry));
    const refused = new Set(results.flatMap(({ uid, result }) => (result === 'accepted' ? [] : [uid])));
    this.providers = providers.filter(({ origin }) => !refused.has(origin.uid));
    this.routes = routes.filter(({ origin }) => !refused.has(origin.uid));
    const content = JSON.stringify([this.providers, this.routes]);
    if (content !== this.#content) {
      this.#content = content;
      this.snapshot = { ...this.snapshot, version: this.snapshot.version + 1 };
      this.#publish();
    }
    send(response, 200, { snapshot: this.snapshot, entries: results });
  }

  #pass(path: string, fence: { epoch: number; sequence: number }, names: string[]): void {
    const { epoch, sequence } = this.owner;
    const isOld = fence.epoch < epoch || (fence.epoch === epoch && fence.sequence <= sequence);
    if (isOld) throw new AppError('stale_declaration');
    this.owner = { epoch: fence.epoch, sequence: fence.sequence };
    this.calls.push({ path, ...this.owner, names });
  }

  #judge(entry: DeclaredProviderEntry | DeclaredRouteEntry | DeclaredPriceTableEntry): DeclarationResult {
    const { uid } = entry.origin;
    const refusal = this.refusals.get('name' in entry ? entry.name : entry.origin.name);
    if (refusal !== undefined) return { uid, ...refusal };
    if (!('credentialIds' in entry)) return { uid, result: 'accepted', message: '' };
    const unknown = entry.credentialIds.find((id) => this.credentials.get(id)?.provider !== entry.name);
    if (unknown !== undefined) return { uid, result: 'credential_unknown', message: `${unknown} is not here` };
    return { uid, result: 'accepted', message: '', models: ['m-1', 'm-2'], modelCount: 2, unpricedCount: 0 };
  }

  #publish(): void {
    for (const proxy of this.proxies.values()) if (!proxy.isStuck) proxy.version = this.snapshot.version;
  }

  #state(): RoutingState {
    const now = new Date().toISOString();
    return {
      ...this.snapshot,
      proxies: [...this.proxies].map(([instance, { version, result, problems }]) => ({
        proxyId: `${instance}/1`,
        instance,
        snapshot: { epoch: this.snapshot.epoch, version, result, problems },
        requestsInFlight: 0,
        lastSeenAt: now,
      })),
      providers: [...this.traffic.values()],
    };
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

function refuse(response: ServerResponse, error: unknown): void {
  const known = error instanceof AppError ? error : new AppError('internal_error', { cause: error });
  const { status } = known.entry;
  const body = problemBody.parse({
    type: 'about:blank',
    title: known.code,
    status,
    code: known.code,
    detail: known.publicMessage,
  });
  send(response, status, body);
}
