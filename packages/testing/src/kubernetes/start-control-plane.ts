import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '../time/wait-for.ts';
import { type ChildProgram, findFreePort, startProgram } from './child-program.ts';

/** A private etcd and kube-apiserver: objects, watches and admission for real, but no controllers, nodes or pods. */
export interface ControlPlane {
  /** Of an administrator. */
  readonly kubeconfigPath: string;
  readonly apiServerUrl: string;
  stopApiServer(): Promise<void>;
  /** On the same port, with the same certificate. */
  startApiServer(): Promise<void>;
  /**
   * Forgets all versions but the newest. A running API server still knows the latest changes by heart; to have it
   * answer 410, stop it before and start it afterwards.
   */
  compact(): Promise<void>;
  close(): Promise<void>;
}

const startMs = 90_000;

/** Needs kube-apiserver and etcd on PATH. */
export async function startControlPlane(): Promise<ControlPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'aggregator-control-plane-'));
  const token = randomUUID();
  const [etcdPort, peerPort, apiPort] = [await findFreePort(), await findFreePort(), await findFreePort()];
  const etcdUrl = `http://127.0.0.1:${etcdPort}`;
  const apiServerUrl = `https://127.0.0.1:${apiPort}`;
  const kubeconfigPath = join(folder, 'kubeconfig');
  writeFileSync(kubeconfigPath, kubeconfig(apiServerUrl, join(folder, 'apiserver.crt'), token), { mode: 0o600 });
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,system:masters\n`, { mode: 0o600 });
  writeServiceAccountKey(join(folder, 'service-account.key'));

  const etcd = startProgram('etcd', etcdParameters(folder, etcdUrl, `http://127.0.0.1:${peerPort}`));
  let apiServer: ChildProgram | undefined;

  async function startApiServer(): Promise<void> {
    const started = startProgram('kube-apiserver', apiServerParameters(folder, etcdUrl, apiPort));
    apiServer = started;
    await untilUp('the API server to be ready', started, () => isReady(apiServerUrl, folder, token));
  }
  const stopApiServer = async () => {
    await apiServer?.stop();
  };
  async function close(): Promise<void> {
    await stopApiServer();
    await etcd.stop();
    rmSync(folder, { recursive: true, force: true });
  }

  try {
    await untilUp('etcd to be healthy', etcd, async () => (await fetch(`${etcdUrl}/health`)).ok);
    await startApiServer();
  } catch (error) {
    await close();
    throw error;
  }
  return { kubeconfigPath, apiServerUrl, stopApiServer, startApiServer, compact: () => compact(etcdUrl), close };
}

/** Fails at once, with its last words, when the program has ended. */
async function untilUp(describe: string, program: ChildProgram, isUp: () => Promise<boolean>): Promise<void> {
  let death: unknown;
  const settled = await waitFor(
    async () => {
      try {
        program.check();
      } catch (error) {
        death = error;
        return 'dead';
      }
      return (await isUp()) ? 'up' : undefined;
    },
    { timeoutMs: startMs, describe },
  );
  if (settled === 'dead') throw death;
}

function isReady(apiServerUrl: string, folder: string, token: string): Promise<boolean> {
  const certificate = join(folder, 'apiserver.crt');
  if (!existsSync(certificate)) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    const options = { ca: readFileSync(certificate), headers: { authorization: `Bearer ${token}` }, timeout: 2000 };
    get(`${apiServerUrl}/readyz`, options, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    }).on('error', reject);
  });
}

async function compact(etcdUrl: string): Promise<void> {
  const ask = async (path: string, body: object): Promise<unknown> => {
    const answer = await fetch(`${etcdUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`etcd answered ${answer.status} to ${path}`);
    return answer.json();
  };
  const range = await ask('/v3/kv/range', { key: Buffer.from('/').toString('base64') });
  const revision = /"revision":"(\d+)"/.exec(JSON.stringify(range))?.[1];
  await ask('/v3/kv/compaction', { revision, physical: true });
}

function etcdParameters(folder: string, clientUrl: string, peerUrl: string): string[] {
  return [
    `--data-dir=${join(folder, 'etcd')}`,
    `--listen-client-urls=${clientUrl}`,
    `--advertise-client-urls=${clientUrl}`,
    `--listen-peer-urls=${peerUrl}`,
    `--initial-advertise-peer-urls=${peerUrl}`,
    `--initial-cluster=default=${peerUrl}`,
    '--unsafe-no-fsync',
    '--log-level=error',
  ];
}

function apiServerParameters(folder: string, etcdUrl: string, port: number): string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    `--secure-port=${port}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${folder}`,
    `--token-auth-file=${join(folder, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    // No controller runs that would create service accounts.
    '--disable-admission-plugins=ServiceAccount',
    '--service-account-issuer=https://control-plane.test',
    `--service-account-key-file=${join(folder, 'service-account.key')}`,
    `--service-account-signing-key-file=${join(folder, 'service-account.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
    '--shutdown-delay-duration=0s',
  ];
}

function writeServiceAccountKey(path: string): void {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(path, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
}

/** JSON is YAML. */
function kubeconfig(server: string, certificateFile: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority': certificateFile } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin', namespace: 'default' } }],
    'current-context': 'test',
  });
}
