import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ResourceKind } from '../port.ts';
import { answerCall } from './fake-answers.ts';
import { type FakeObject, FakeObjects, Refusal } from './fake-objects.ts';
import { FakeWatches } from './fake-watches.ts';

/** A fault that the server shows instead of an answer, as long as `times` lasts. */
export interface Fault {
  /** Calls that fail; all by default. A watch has `watch=true` in its path. */
  readonly matches?: (call: { method: string; path: string }) => boolean;
  readonly times?: number;
  /** Responds with this status, without having done anything. */
  readonly status?: number;
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Never answers, `reset` breaks the connection, `lostAnswer` does what was asked and then breaks it. */
  readonly instead?: 'hang' | 'reset' | 'lostAnswer';
}

export interface SeenCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

/** An API server for tests: real HTTP on 127.0.0.1, objects in memory, and faults on demand. */
export interface FakeApiServer {
  readonly url: string;
  readonly kubeconfigPath: string;
  readonly objects: {
    create(kind: ResourceKind, object: unknown): FakeObject;
    /** Replaces it, as a PUT would; `status` alone for that subresource. */
    update(kind: ResourceKind, object: FakeObject, subresource?: 'status'): FakeObject;
    remove(kind: ResourceKind, namespace: string, name: string): void;
    find(kind: ResourceKind, namespace: string, name: string): FakeObject | undefined;
    list(kind: ResourceKind): FakeObject[];
  };
  /** The last 10000 calls. */
  readonly calls: readonly SeenCall[];
  readonly connectionsOpened: number;
  readonly watches: Pick<FakeWatches, 'size' | 'plurals' | 'bookmark' | 'drop' | 'mute' | 'fail' | 'cut' | 'write'>;
  /** Faults are tried in the order they came. Returns a function that takes the fault back. */
  fault(fault: Fault): () => void;
  /** Forgets old changes: a watch from an older version gets 410, and so does a list that is half read. */
  compact(): void;
  /** Breaks all connections and refuses new ones until `start`; the objects stay. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface FakeApiServerOptions {
  /** Kinds besides those built in. They have a status subresource if the group is not of Kubernetes itself. */
  readonly kinds?: readonly ResourceKind[];
  /** Namespace of the kubeconfig's context. */
  readonly namespace?: string;
  /** The only token that is accepted. Default: any token, or none. */
  readonly token?: string;
}

const callsMax = 10_000;

const builtIn: readonly ResourceKind[] = [
  { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' },
  { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' },
  { group: '', version: 'v1', plural: 'events', kind: 'Event' },
  { group: '', version: 'v1', plural: 'pods', kind: 'Pod' },
  { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' },
  { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease' },
  { group: 'discovery.k8s.io', version: 'v1', plural: 'endpointslices', kind: 'EndpointSlice' },
];

export async function startFakeApiServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const objects = new FakeObjects();
  const watches = new FakeWatches(objects);
  const kinds = [...builtIn, ...(options.kinds ?? [])];
  const calls: SeenCall[] = [];
  const faults: { fault: Fault; left: number }[] = [];
  const sockets = new Set<Socket>();
  let connectionsOpened = 0;

  const handle = (request: IncomingMessage, response: ServerResponse) =>
    handleCall({ objects, watches, kinds, calls, faults, token: options.token }, request, response);

  let server = createListener();
  function createListener(): Server {
    const made = createServer((request, response) => {
      handle(request, response).catch(() => response.destroy());
    });
    made.on('connection', (socket) => {
      connectionsOpened += 1;
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    return made;
  }
  await listen(server, 0);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const folder = mkdtempSync(join(tmpdir(), 'aggregator-kubeconfig-'));
  const kubeconfigPath = join(folder, 'kubeconfig');
  writeFileSync(kubeconfigPath, kubeconfig(url, options));

  async function stop(): Promise<void> {
    const stopped = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    await stopped;
  }

  return {
    url,
    kubeconfigPath,
    calls,
    watches,
    objects: toObjects(objects),
    get connectionsOpened() {
      return connectionsOpened;
    },
    fault(fault) {
      const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
      faults.push(entry);
      return () => {
        entry.left = 0;
      };
    },
    compact: () => objects.compact(),
    stop,
    async start() {
      server = createListener();
      await listen(server, port);
    },
    async close() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Serving {
  readonly objects: FakeObjects;
  readonly watches: FakeWatches;
  readonly kinds: readonly ResourceKind[];
  readonly calls: SeenCall[];
  readonly faults: { fault: Fault; left: number }[];
  readonly token: string | undefined;
}

async function handleCall(serving: Serving, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { objects, watches, kinds, calls, faults, token } = serving;
  const body = await readJson(request);
  const call = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
  calls.push(call);
  if (calls.length > callsMax) calls.shift();
  const found = faults.find(({ fault, left }) => left > 0 && (fault.matches?.(call) ?? true));
  if (found !== undefined) found.left -= 1;
  const fault = found?.fault;
  if (fault?.instead === 'hang') return;
  if (fault?.instead === 'reset') {
    request.socket.destroy();
    return;
  }
  try {
    if (fault?.status !== undefined) throw new Refusal(fault.status, fault.reason ?? '', 'as the test wants it');
    if (token !== undefined && request.headers.authorization !== `Bearer ${token}`) {
      throw new Refusal(401, 'Unauthorized', 'Unauthorized');
    }
    const answer = answerCall({ objects, watches, kinds }, call, response);
    if (fault?.instead === 'lostAnswer') request.socket.destroy();
    else if (answer !== undefined) sendJson(response, answer.status, answer.body);
  } catch (error) {
    refuse(response, error, fault?.headers);
  }
}

function toObjects(objects: FakeObjects): FakeApiServer['objects'] {
  return {
    create: (kind, object) => objects.create(kind, object),
    update: (kind, object, subresource) =>
      objects.update(
        kind,
        objects.get(kind, object.metadata.namespace ?? '', object.metadata.name),
        object,
        subresource,
      ),
    remove: (kind, namespace, name) => {
      objects.remove(kind, namespace, name);
    },
    find: (kind, namespace, name) => objects.find(kind, namespace, name),
    list: (kind) => objects.list(kind, undefined),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function refuse(response: ServerResponse, error: unknown, headers: Fault['headers']): void {
  const { status, reason, message } =
    error instanceof Refusal ? error : new Refusal(500, 'InternalError', String(error));
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code: status };
  sendJson(response, status, body, headers);
}

/** JSON is YAML. client-node takes plain HTTP only from who forgoes TLS in so many words. */
function kubeconfig(server: string, { namespace, token }: FakeApiServerOptions): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fake', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'fake', user: token === undefined ? {} : { token } }],
    contexts: [{ name: 'fake', context: { cluster: 'fake', user: 'fake', namespace } }],
    'current-context': 'fake',
  });
}
