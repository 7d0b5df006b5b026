import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@aggregator/testing';
import { Agent, request } from 'undici';
import { findPortBase } from '../world/find-ports.ts';

export interface ApiAnswer {
  status: number;
  json: unknown;
}

export interface ApiServer {
  call(
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    options?: { body?: unknown; query?: Readonly<Record<string, string>>; accept?: string },
  ): Promise<ApiAnswer>;
  stop(): Promise<void>;
}

const contentTypes = { GET: 'application/json', POST: 'application/json', PATCH: 'application/merge-patch+json' };
const readyWithinMs = 60_000;
const callDeadlineMs = 15_000;

/** A kube-apiserver and its etcd from PATH, of this test file alone. A PATCH is a merge, as kubectl's. */
export async function startApiServer(): Promise<ApiServer> {
  const folder = mkdtempSync(join(tmpdir(), 'api-server-'));
  const token = randomUUID();
  const [etcdPort, peerPort, apiPort] = await findThreePorts();
  writeCredentials(folder, token);
  const children = [startEtcd(folder, etcdPort, peerPort), startKubeApiServer(folder, etcdPort, apiPort)];
  // Its certificate is its own; what is private to this machine and this minute needs no other proof.
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const server: ApiServer = {
    async call(method, path, { body, query, accept = 'application/json' } = {}) {
      const answer = await request(`https://127.0.0.1:${apiPort}${path}`, {
        ...{ method, dispatcher, query: query ?? {}, signal: AbortSignal.timeout(callDeadlineMs) },
        headers: { authorization: `Bearer ${token}`, accept, 'content-type': contentTypes[method] },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return { status: answer.statusCode, json: await answer.body.json() };
    },
    async stop() {
      await dispatcher.destroy();
      await Promise.all(children.map(end));
      rmSync(folder, { recursive: true });
    },
  };
  try {
    await waitFor(async () => (await server.call('GET', '/api/v1/namespaces/default')).status === 200, {
      timeoutMs: readyWithinMs,
      describe: 'the API server to be ready',
    });
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

async function findThreePorts(): Promise<[number, number, number]> {
  const base = await findPortBase();
  return [base, base + 1, base + 2];
}

function writeCredentials(folder: string, token: string): void {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(folder, 'accounts.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  writeFileSync(join(folder, 'tokens.csv'), `${token},admin,admin,system:masters\n`);
}

function startEtcd(folder: string, port: number, peerPort: number): ChildProcess {
  const url = `http://127.0.0.1:${port}`;
  const flags = ['--data-dir', join(folder, 'etcd'), '--listen-client-urls', url, '--advertise-client-urls', url];
  return start('etcd', [...flags, '--listen-peer-urls', `http://127.0.0.1:${peerPort}`, '--unsafe-no-fsync']);
}

function startKubeApiServer(folder: string, etcdPort: number, port: number): ChildProcess {
  const key = join(folder, 'accounts.key');
  const flags: Readonly<Record<string, string>> = {
    'etcd-servers': `http://127.0.0.1:${etcdPort}`,
    'secure-port': String(port),
    'bind-address': '127.0.0.1',
    'cert-dir': join(folder, 'certificates'),
    'service-account-key-file': key,
    'service-account-signing-key-file': key,
    'service-account-issuer': 'https://kubernetes.default.svc',
    'token-auth-file': join(folder, 'tokens.csv'),
    'authorization-mode': 'RBAC',
    'service-cluster-ip-range': '10.97.0.0/24',
    'endpoint-reconciler-type': 'none',
  };
  return start(
    'kube-apiserver',
    Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
  );
}

function start(program: string, flags: readonly string[]): ChildProcess {
  return spawn(program, flags, { stdio: 'ignore' });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
