import { connect } from 'node:net';
import { z } from 'zod';
import { helm, kubectl, kubectlJson, runCommand } from './commands.ts';

/** One installation of the charts in a separate namespace, reached through the gateway's Service. */
export interface Installation {
  readonly namespace: string;
  /** Address of the gateway's Service, as a pod of the cluster calls it. */
  readonly gatewayUrl: string;
  /** The key that the seed made. */
  readonly apiKey: string;
  /** From `helm install` until it said that everything is ready, in milliseconds. */
  readonly readyAfterMs: number;
  /** In its namespace; 60 s by default. */
  kubectl(words: readonly string[], input?: string, timeoutMs?: number): Promise<string>;
  apply(...texts: readonly string[]): Promise<void>;
  /** The same chart with other values beside those of before. */
  upgrade(values: Values): Promise<void>;
  /** `helm uninstall` of the installation, without its custom resources. */
  uninstall(): Promise<void>;
  /** All of it, and the namespace. */
  remove(): Promise<void>;
}

/** As a values file has them. */
export type Values = Readonly<Record<string, unknown>>;

const release = 'aggregator';
const crdRelease = 'aggregator-crds';
const chart = 'charts/aggregator';
const imageTag = process.env.IMAGE_TAG || 'dev';
const installDeadline = '300s';

/** Of dev, with what tests want otherwise: money enough, and limits that no test meets by accident. */
const testValues = [
  `image.tag=${imageTag}`,
  'seed.creditNanoUsd=100000000000',
  'services.auth.env.DEFAULT_REQUESTS_PER_MINUTE=1000000',
  'services.auth.env.DEFAULT_TOKENS_PER_MINUTE=1000000000',
  'services.api-gateway.env.MANAGEMENT_REQUESTS_PER_MINUTE=1000000',
];

/**
 * Installs the development environment as the README says: Secrets, stores, CRDs, chart. The namespace enforces the restricted
 * Pod Security Standard.
 */
export async function install(
  namespace: string,
  values: Values = {},
  options: { keepsStores?: boolean } = {},
): Promise<Installation> {
  await removeInstallation(namespace);
  await kubectl(['create', 'namespace', namespace]);
  await kubectl([
    ...['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted'],
    'pod-security.kubernetes.io/warn=restricted',
  ]);
  const secrets = await runCommand('npm', ['run', '--silent', 'k8s:secrets']);
  await kubectl(['apply', '--namespace', namespace, '-f', '-'], { input: secrets });
  await kubectl(['apply', '--namespace', namespace, '-f', 'k8s/dev']);
  if (options.keepsStores) await Promise.all(keptStores.map((store) => keepStore(namespace, store)));
  await waitForStores(namespace);
  await installCrds();
  const words = [
    ...[release, chart, '--namespace', namespace, '-f', `${chart}/environments/dev.yaml`, '-f', '-'],
    ...testValues.flatMap((value) => ['--set-string', value]),
    ...['--wait', '--timeout', installDeadline],
  ];
  const startedMs = performance.now();
  await helm(['install', ...words], { timeoutMs: 240_000, input: JSON.stringify(values) });
  const readyAfterMs = performance.now() - startedMs;

  const uninstall = async () => {
    await helm(['uninstall', release, '--namespace', namespace, '--wait', '--timeout', '180s'], { timeoutMs: 240_000 });
  };
  return {
    namespace,
    gatewayUrl: await findGateway(namespace),
    apiKey: await readApiKey(namespace),
    readyAfterMs,
    kubectl: (parts, input, timeoutMs) =>
      kubectl(['--namespace', namespace, ...parts], {
        ...(input !== undefined && { input }),
        ...(timeoutMs !== undefined && { timeoutMs }),
      }),
    async apply(...texts) {
      await kubectl(['apply', '--namespace', namespace, '-f', '-'], { input: texts.join('\n---\n') });
    },
    async upgrade(changed) {
      const input = JSON.stringify({ ...values, ...changed });
      await helm(['upgrade', ...words], { timeoutMs: 300_000, input });
    },
    uninstall,
    remove: () => removeInstallation(namespace),
  };
}

/** Redis keeps nothing for development: when it goes, its data is lost. */
const keptStores = ['postgres', 'kafka'];

/** Has a store's data on a volume that outlives its pod. */
async function keepStore(namespace: string, store: string): Promise<void> {
  const claim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: store },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  await kubectl(['apply', '--namespace', namespace, '-f', '-'], { input: JSON.stringify(claim) });
  const volumes = [{ name: 'data', emptyDir: null, persistentVolumeClaim: { claimName: store } }];
  await kubectl([
    ...['patch', 'deployment', store, '--namespace', namespace, '--type', 'strategic'],
    ...['--patch', JSON.stringify({ spec: { template: { spec: { volumes } } } })],
  ]);
}

/** An installation and its namespace, in any state that an aborted run has left. */
export async function removeInstallation(namespace: string): Promise<void> {
  const found = await kubectl(['get', 'namespace', namespace, '--ignore-not-found', '-o', 'name']);
  if (found === '') return;
  await helm(['uninstall', release, '--namespace', namespace, '--wait'], { timeoutMs: 240_000 }).catch(() => undefined);
  await kubectl(['delete', 'namespace', namespace, '--timeout=120s'], { timeoutMs: 150_000 });
}

/** Once for the whole cluster, by the first suite that installs. */
async function installCrds(): Promise<void> {
  await helm(['upgrade', '--install', crdRelease, 'charts/aggregator-crds', '--namespace', 'default']);
}

async function waitForStores(namespace: string): Promise<void> {
  const stores = await kubectl(['get', 'deployments,statefulsets', '--namespace', namespace, '-o', 'name']);
  await Promise.all(
    stores
      .trim()
      .split('\n')
      .map((name) =>
        kubectl(['rollout', 'status', name, '--namespace', namespace, '--timeout=120s'], { timeoutMs: 150_000 }),
      ),
  );
}

async function readApiKey(namespace: string): Promise<string> {
  const secret = await kubectlJson(['get', 'secret', 'aggregator-seed', '--namespace', namespace]);
  const { data } = z.object({ data: z.object({ SEED_API_KEY: z.string() }) }).parse(secret);
  return Buffer.from(data.SEED_API_KEY, 'base64').toString();
}

/** The Service's own address, where this machine reaches the cluster's Services. */
async function findGateway(namespace: string): Promise<string> {
  const service = await kubectlJson(['get', 'service', `${release}-api-gateway`, '--namespace', namespace]);
  const { spec } = z.object({ spec: z.object({ clusterIP: z.string() }) }).parse(service);
  await reach(spec.clusterIP, 3000);
  return `http://${spec.clusterIP}:3000`;
}

function reach(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, timeout: 5000 });
    const fail = () => {
      socket.destroy();
      reject(new Error(`${host}:${port} is not reached: these tests run where the cluster's Services can be called`));
    };
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', fail);
    socket.once('error', fail);
  });
}
