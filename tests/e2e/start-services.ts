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
  databaseUrlOf(service: ServiceName): string;
  /**
   * SIGKILL one service and start it again; resolves when it is ready, rejects if it ends before that.
   * @param index which of several proxies.
   */
  restart(service: ServiceName, index?: number): Promise<void>;
  stop(): Promise<void>;
}

/** How a service becomes a process; the launcher reads its standard output. */
type Launch = (service: ServiceName, file: string, environment: NodeJS.ProcessEnv) => ChildProcess;

const launchHere: Launch = (_service, file, environment) =>
  spawn(process.execPath, [file], { cwd: root, env: environment, stdio: ['ignore', 'inherit', 'pipe'] });

const startDeadlineMsDefault = 90_000;
/** Behind the ports of the services there are free ones in each claim of ports. */
const morePortsOffset = serviceNames.length - 1;
const proxiesMax = 3;
const stopDeadlineMs = 60_000;
/** Of what a process that did not start has written, for the message of the test. */
const complaintCharsMax = 2_000;

/**
 * The six services, each as a separate process, on the PostgreSQL, Redis and Kafka that the environment names.
 * @param options.proxies how many, at most 3, each with a separate spool.
 */
export async function startServices(
  extra: Record<string, string> = {},
  launch = launchHere,
  { proxies = 1, startDeadlineMs = startDeadlineMsDefault }: { proxies?: number; startDeadlineMs?: number } = {},
): Promise<Services> {
  if (proxies > proxiesMax) throw new RangeError(`at most ${proxiesMax} proxies`);
  const databases = await createServiceDatabases();
  const stateDirectory = await mkdtemp(join(tmpdir(), 'aggregator-services-'));
  const ports = await claimPorts();
  const urls = listUrls(ports.base);
  const portOf = (index: number) => (index === 0 ? Number(urls.PROXY_PORT) : ports.base + morePortsOffset + index);
  const indexes = Array.from({ length: proxies }, (_, index) => index);
  const environment: Record<string, string | undefined> = {
    ...urls,
    PROXY_URL: indexes.map((index) => `http://127.0.0.1:${portOf(index)}`).join(','),
    ...databases.environment,
    ...listSettings(stateDirectory),
    ...extra,
  };
  const children = new Map<string, ChildProcess>();
  const start = async (name: ServiceName, index = 0) => {
    const own = index === 0 ? {} : toOwn(portOf(index), join(stateDirectory, `proxy-${index}`));
    const child = launch(name, `apps/${name}/src/main.ts`, { ...environment, ...own });
    children.set(toChildName(name, index), child);
    const url = index === 0 ? urls[`${environmentPrefix(name)}_URL`] : `http://127.0.0.1:${portOf(index)}`;
    const complaints = passOnComplaints(child);
    const describe = () => `${name} to be ready`;
    const isUp = async () => hasEnded(child) || (await answersOk(`${url}/health/ready`));
    await waitFor(isUp, { timeoutMs: startDeadlineMs, describe });
    if (!hasEnded(child)) return;
    throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode} as it started: ${complaints()}`);
  };
  try {
    await Promise.all([
      ...serviceNames.map((name) => start(name)),
      ...indexes.slice(1).map((index) => start('proxy', index)),
    ]);
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
    databaseUrlOf: (service) => databases.environment[`${environmentPrefix(service)}_DATABASE_URL`] ?? '',
    async restart(name, index = 0) {
      await end(children.get(toChildName(name, index)), 'SIGKILL');
      await start(name, index);
    },
    async stop() {
      await Promise.all([...children.values()].map((child) => end(child, 'SIGTERM')));
      await ports.release();
      await databases.drop();
      await rm(stateDirectory, { recursive: true, force: true });
    },
  };
}

/** Variables that each further proxy has for itself. */
function toOwn(port: number, directory: string): Record<string, string> {
  return {
    PROXY_PORT: String(port),
    SPOOL_DIRECTORY: join(directory, 'spool'),
    SNAPSHOT_PATH: join(directory, 'snapshot.json'),
  };
}

/** Ports and addresses of the services. */
function listUrls(base: number): Record<string, string> {
  return Object.fromEntries(
    serviceNames.flatMap((name) => {
      const port = base + defaultPorts[name] - defaultPorts['api-gateway'];
      return [
        [`${environmentPrefix(name)}_PORT`, String(port)],
        [`${environmentPrefix(name)}_URL`, `http://127.0.0.1:${port}`],
      ];
    }),
  );
}

/** What all services share, with fresh secrets and prefixes. */
function listSettings(stateDirectory: string): Record<string, string | undefined> {
  const random = () => randomBytes(32).toString('base64url');
  return {
    PATH: process.env.PATH,
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
  };
}

/** Passes on the standard error of a process; returns its last part. */
function passOnComplaints(child: ChildProcess): () => string {
  let last = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    process.stderr.write(chunk);
    last = `${last}${chunk}`.slice(-complaintCharsMax);
  });
  return () => last.trim();
}

function toChildName(name: ServiceName, index: number): string {
  return index === 0 ? name : `${name}-${index}`;
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
