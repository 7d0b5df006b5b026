import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceName, serviceNames } from '@aggregator/contracts';
import { defaultPorts, environmentPrefix } from '@aggregator/service-kit';
import { createServiceDatabases, waitFor } from '@aggregator/testing';
import { root } from '../tidy/source-files.ts';
import { claimPorts } from '../world/claim-ports.ts';

export interface Services {
  baseUrl: string;
  process(service: ServiceName): ChildProcess;
  urlOf(service: ServiceName): string;
  /** SIGKILL one service and start it again; resolves when it is ready, rejects if it ends before that. */
  restart(service: ServiceName): Promise<void>;
  stop(): Promise<void>;
}

/** How a service becomes a process; the launcher reads its standard output. */
type Launch = (service: ServiceName, file: string, environment: NodeJS.ProcessEnv) => ChildProcess;

const launchHere: Launch = (_service, file, environment) =>
  spawn(process.execPath, [file], { cwd: root, env: environment, stdio: ['ignore', 'inherit', 'inherit'] });

const startDeadlineMsDefault = 90_000;
const stopDeadlineMs = 60_000;

/** The six services, each as a separate process, on the PostgreSQL, Redis and Kafka that the environment names. */
export async function startServices(
  extra: Record<string, string> = {},
  launch = launchHere,
  startDeadlineMs = startDeadlineMsDefault,
): Promise<Services> {
  const databases = await createServiceDatabases();
  const stateDirectory = await mkdtemp(join(tmpdir(), 'aggregator-services-'));
  const ports = await claimPorts();
  const random = () => randomBytes(32).toString('base64url');
  const urls = Object.fromEntries(
    serviceNames.flatMap((name) => {
      const port = ports.base + defaultPorts[name] - defaultPorts['api-gateway'];
      return [
        [`${environmentPrefix(name)}_PORT`, String(port)],
        [`${environmentPrefix(name)}_URL`, `http://127.0.0.1:${port}`],
      ];
    }),
  );
  const environment = {
    PATH: process.env.PATH,
    ...urls,
    ...databases.environment,
    REDIS_URL: required('REDIS_URL'),
    KAFKA_BROKERS: required('KAFKA_BROKERS'),
    KAFKA_TOPIC_PREFIX: `t${randomBytes(6).toString('hex')}.`,
    REDIS_KEY_PREFIX: `t${randomBytes(6).toString('hex')}:`,
    LOG_LEVEL: 'warn',
    INTERNAL_SIGNING_KEY: random(),
    KEY_PEPPER: random(),
    AUTH_JWT_PRIVATE_KEY: random(),
    SIGN_UP_CREDIT_NANO_USD: '5000000000',
    SPOOL_DIRECTORY: join(stateDirectory, 'spool'),
    SNAPSHOT_PATH: join(stateDirectory, 'snapshot.json'),
    SHUTDOWN_GRACE_MS: '5000',
    MOCK_PROVIDER: 'true',
    ...extra,
  };
  const children = new Map<string, ChildProcess>();
  const start = async (name: ServiceName) => {
    const child = launch(name, `apps/${name}/src/main.ts`, environment);
    children.set(name, child);
    const url = `${urls[`${environmentPrefix(name)}_URL`]}/health/ready`;
    await waitFor(async () => hasEnded(child) || (await answersOk(url)), {
      ...{ timeoutMs: startDeadlineMs, describe: () => `${name} to be ready` },
    });
    if (hasEnded(child)) throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode} as it started`);
  };
  try {
    await Promise.all(serviceNames.map(start));
  } catch (error) {
    for (const child of children.values()) child.kill('SIGKILL');
    await ports.release();
    throw error;
  }

  return {
    baseUrl: urls.API_GATEWAY_URL ?? '',
    process(service) {
      const child = children.get(service);
      if (child === undefined) throw new Error(`${service} is not started`);
      return child;
    },
    urlOf: (service) => urls[`${environmentPrefix(service)}_URL`] ?? '',
    async restart(name) {
      await end(children.get(name), 'SIGKILL');
      await start(name);
    },
    async stop() {
      await Promise.all([...children.values()].map((child) => end(child, 'SIGTERM')));
      await ports.release();
      await databases.drop();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: the integration tests need real servers`);
  return value;
}

export function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

async function answersOk(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2000) })).ok;
  } catch {
    return false;
  }
}

/** Ends a process and waits for it; one that does not go by itself is killed, and that is an error. */
function end(child: ChildProcess | undefined, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child === undefined || hasEnded(child)) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`process ${child.pid} did not stop within ${stopDeadlineMs} ms`));
    }, stopDeadlineMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill(signal);
  });
}
