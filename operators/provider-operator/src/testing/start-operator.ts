import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { type Condition, conditions, crdApiVersion } from '@aggregator/contracts';
import type { ResourceKind } from '@aggregator/kubernetes';
import { type FakeApiServer, type FakeObject, startFakeApiServer } from '@aggregator/kubernetes/testing';
import { type RunningService, startService } from '@aggregator/service-kit';
import { waitFor } from '@aggregator/testing';
import { z } from 'zod';
import type { ProviderOperatorContext, ProviderOperatorOverrides } from '../context.ts';
import { providerOperatorService } from '../index.ts';
import {
  endpointSliceKind,
  modelRouteKind,
  namespaceKind,
  priceTableKind,
  providerKind,
  secretKind,
} from '../watch/kinds.ts';
import { FakeOrchestrator } from './fake-orchestrator.ts';

/** Shorter than in production, so that a take-over is quick, and longer than a busy machine stands still. */
const shortLease = { leaseMs: 6000, renewDeadlineMs: 5000, retryMs: 200 };

/** One operator: its service, and what it wrote to its log. */
export interface StartedOperator {
  readonly service: RunningService<ProviderOperatorContext>;
  readonly log: string[];
  /** How often it wanted to end its process. */
  readonly exits: number;
}

/** An API server, an orchestrator with proxies, and as many operators as a test wants. */
export class OperatorWorld {
  readonly api: FakeApiServer;
  readonly orchestrator: FakeOrchestrator;
  readonly operators: StartedOperator[] = [];
  readonly #signingKey = randomBytes(32).toString('base64url');

  constructor(api: FakeApiServer, orchestrator: FakeOrchestrator) {
    this.api = api;
    this.orchestrator = orchestrator;
  }

  async start(
    environment: Record<string, string> = {},
    overrides: Partial<ProviderOperatorOverrides> = {},
  ): Promise<StartedOperator> {
    const log: string[] = [];
    let exits = 0;
    const logStream = new Writable({
      write(chunk, _encoding, done) {
        log.push(String(chunk));
        done();
      },
    });
    const config = providerOperatorService.readConfig({
      PROVIDER_OPERATOR_PORT: '0',
      LOG_LEVEL: 'debug',
      INTERNAL_SIGNING_KEY: this.#signingKey,
      POD_NAMESPACE: 'aggregator',
      POD_NAME: `operator-${this.operators.length}`,
      KUBECONFIG: this.api.kubeconfigPath,
      PROVIDER_ORCHESTRATOR_URL: this.orchestrator.url,
      ...environment,
    });
    const exit = () => {
      exits += 1;
    };
    const service = await startService(providerOperatorService, config, {
      ...{ logStream, exit, lease: shortLease },
      ...overrides,
    });
    const started: StartedOperator = {
      service,
      log,
      get exits() {
        return exits;
      },
    };
    this.operators.push(started);
    return started;
  }

  async close(): Promise<void> {
    await Promise.all(this.operators.map(({ service }) => service.stop()));
    await Promise.all([this.api.close(), this.orchestrator.close()]);
  }

  provider(name: string, spec: Record<string, unknown> = {}, namespace = 'team-a', metadata = {}): FakeObject {
    const body = { className: 'default', type: 'Mock', state: 'Enabled', discovery: { mode: 'Auto' }, ...spec };
    return this.api.objects.create(providerKind, {
      apiVersion: crdApiVersion,
      kind: 'Provider',
      metadata: { namespace, name, ...metadata },
      spec: body,
    });
  }

  /** One with a key in a Secret of the same name. */
  keyed(name: string, options: { namespace?: string; keys?: Record<string, string> } = {}): FakeObject {
    const keys = options.keys ?? { primary: name };
    const apiKeys = Object.entries(keys).map(([key, secret]) => ({
      name: key,
      secretKeyRef: { name: secret, key: 'api-key' },
    }));
    return this.provider(name, { type: 'OpenAI', credentials: { apiKeys } }, options.namespace);
  }

  route(name: string, spec: Record<string, unknown>, namespace = 'team-a'): FakeObject {
    return this.api.objects.create(modelRouteKind, { metadata: { namespace, name }, spec: { model: name, ...spec } });
  }

  /** Creates the Secret, or replaces its key. */
  secret(name: string, value: string, options: { namespace?: string; isLabelled?: boolean } = {}): FakeObject {
    const { namespace = 'team-a', isLabelled = true } = options;
    const labels = isLabelled ? { 'aggregator.dev/credential': 'true' } : {};
    const data = { 'api-key': Buffer.from(value).toString('base64') };
    const known = this.find(secretKind, namespace, name);
    if (known !== undefined) return this.api.objects.update(secretKind, { ...known, data });
    return this.api.objects.create(secretKind, { metadata: { namespace, name, labels }, data });
  }

  namespace(name: string, labels: Record<string, string>): FakeObject {
    return this.api.objects.create(namespaceKind, { metadata: { name, labels } });
  }

  /** Pods that take requests, each with a proxy that acknowledges everything. */
  endpoints(...pods: string[]): void {
    for (const pod of pods) if (!this.orchestrator.proxies.has(pod)) this.orchestrator.addProxy(pod);
    const endpoints = pods.map((name) => ({ conditions: { ready: true }, targetRef: { kind: 'Pod', name } }));
    const known = this.find(endpointSliceKind, 'aggregator', 'proxy-1');
    const metadata = { namespace: 'aggregator', name: 'proxy-1', labels: { 'kubernetes.io/service-name': 'proxy' } };
    if (known === undefined) this.api.objects.create(endpointSliceKind, { metadata, endpoints });
    else this.api.objects.update(endpointSliceKind, { ...known, endpoints });
  }

  find(kind: ResourceKind, namespace: string, name: string): FakeObject | undefined {
    return this.api.objects.find(kind, namespace, name);
  }

  /** Changes the spec, as `kubectl apply` would. */
  change(kind: ResourceKind, name: string, spec: Record<string, unknown>, namespace = 'team-a'): FakeObject {
    const known = this.find(kind, namespace, name);
    if (known === undefined) throw new Error(`there is no ${kind.kind} ${namespace}/${name}`);
    return this.api.objects.update(kind, { ...known, spec: { ...Object(known.spec), ...spec } });
  }

  condition(name: string, type: string, kind = providerKind, namespace = 'team-a'): Condition | undefined {
    const status = statusShape.parse(this.find(kind, namespace, name)?.status ?? {});
    return status.conditions?.find((each) => each.type === type);
  }

  /** Waits until the condition of the present generation says so, and answers it. */
  until(
    name: string,
    expected: { type?: string; status?: string; reason?: string; message?: string },
    options: { kind?: ResourceKind; namespace?: string } = {},
  ): Promise<Condition> {
    const { kind = providerKind, namespace = 'team-a' } = options;
    const { type = 'Ready', status, reason, message } = expected;
    return waitFor(
      () => {
        const condition = this.condition(name, type, kind, namespace);
        const generation = this.find(kind, namespace, name)?.metadata.generation;
        const isMet =
          condition?.observedGeneration === generation &&
          (status === undefined || condition?.status === status) &&
          (reason === undefined || condition?.reason === reason) &&
          (message === undefined || condition?.message === message);
        return isMet ? condition : undefined;
      },
      {
        describe: () =>
          `${name} to be ${type} ${status ?? ''} ${reason ?? ''}, not ${JSON.stringify(this.find(kind, namespace, name)?.status)}`,
      },
    );
  }

  /** Writes of statuses to one object, or to all. */
  statusWrites(name = ''): number {
    return this.api.calls.filter(({ method, path }) => method === 'PATCH' && path.includes(`${name}/status`)).length;
  }
}

const statusShape = z.object({ conditions: conditions.optional() });

export async function openOperatorWorld(options: { kinds?: readonly ResourceKind[] } = {}): Promise<OperatorWorld> {
  const kinds = [providerKind, modelRouteKind, priceTableKind, ...(options.kinds ?? [])];
  const api = await startFakeApiServer({ kinds });
  const orchestrator = await new FakeOrchestrator().start();
  const world = new OperatorWorld(api, orchestrator);
  world.endpoints('proxy-0', 'proxy-1');
  return world;
}
