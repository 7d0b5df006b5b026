import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive } from '@aggregator/service-kit';
import type { Binaries } from './binaries.ts';
import type { RunAs } from './run-as.ts';

const WATCH_INTERVAL_MS = 500;
const STOP_POLL_MS = 20;
/**
 * How long each signal may take, gentlest first: fast shutdown, immediate shutdown (recovers at the next start), end.
 */
const STOP_STEPS = [
  { signal: 'SIGINT', waitMs: 20_000 },
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;
const PG_CTL_TIMEOUT_MS = 20_000;
const LOG_TAIL_CHARACTERS = 2_000;

/** A server's process, ours or adopted. */
export interface ServerProcess {
  pid: number;
  isGone(): boolean;
  /** Calls once when the process ends, at the latest half a second later. */
  onGone(listener: () => void): void;
}

const settings = (port: number, isThrowaway: boolean): readonly string[] =>
  Object.entries({
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '64MB',
    fsync: isThrowaway ? 'off' : 'on',
    synchronous_commit: 'on',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    // One small server without replicas: no log for them, no helper processes, no compiler.
    wal_level: 'minimal',
    max_wal_senders: '0',
    max_wal_size: '256MB',
    io_method: 'sync',
    max_parallel_workers_per_gather: '0',
    jit: 'off',
    // The log reports starts, stops and crashes. Refused statements reach their sender, and would fill the disk here.
    logging_collector: 'off',
    log_min_messages: 'log',
    log_checkpoints: 'off',
  }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

export interface SpawnServerOptions {
  postgres: string;
  dataDirectory: string;
  port: number;
  logFile: string;
  isThrowaway: boolean;
  runAs: RunAs;
}

/**
 * Starts the server in a separate process group: the terminal's Ctrl-C goes to the whole group of the foreground, and
 * the services must still reach their database while they finish.
 */
export function spawnServer(options: SpawnServerOptions): ServerProcess {
  const { postgres, dataDirectory, port, logFile, isThrowaway, runAs } = options;
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.1`);
  const log = openSync(logFile, 'a', 0o600);
  try {
    const { file, parameters } = runAs.command(postgres, ['-D', dataDirectory, ...settings(port, isThrowaway)]);
    const child = spawn(file, parameters, {
      ...runAs.spawnOptions,
      cwd: '/',
      // A file and not a pipe: a pipe has no reader when this process is killed, and the server must outlive that.
      stdio: ['ignore', log, log],
      detached: true,
      windowsHide: true,
    });
    child.unref();
    return watchChild(child);
  } finally {
    closeSync(log);
  }
}

function watchChild(child: ChildProcess): ServerProcess {
  // Without a number it never ran; a signal to number 0 would reach ourselves.
  let isGone = child.pid === undefined;
  const gone = new Promise<void>((resolve) => {
    const leave = () => {
      isGone = true;
      resolve();
    };
    child.once('error', leave);
    child.once('exit', leave);
  });
  return { pid: child.pid ?? 0, isGone: () => isGone, onGone: (listener) => void gone.then(listener) };
}

/** Watches a server that is no child of this process. */
export function watchAdopted(pid: number): ServerProcess {
  return {
    pid,
    isGone: () => !isAlive(pid),
    onGone: (listener) => {
      const timer = setInterval(() => {
        if (isAlive(pid)) return;
        clearInterval(timer);
        listener();
      }, WATCH_INTERVAL_MS);
      timer.unref();
    },
  };
}

/**
 * Ends the server; its sessions are cut, what was committed stays. Takes at most about 30 s.
 * @throws Error when the process is still there after that.
 */
export async function stopServer(server: ServerProcess, { pgCtl }: Binaries, dataDirectory: string): Promise<void> {
  if (process.platform === 'win32') {
    // Windows has no signals to send; pg_ctl knows the server's own way.
    spawnSync(pgCtl, ['stop', '-m', 'fast', '-D', dataDirectory], { stdio: 'ignore', timeout: PG_CTL_TIMEOUT_MS });
  }
  for (const { signal, waitMs } of STOP_STEPS) {
    if (server.isGone()) return;
    try {
      process.kill(server.pid, signal);
    } catch {
      // It ended between the question and the signal.
    }
    for (const end = performance.now() + waitMs; !server.isGone() && performance.now() < end; )
      await pause(STOP_POLL_MS);
  }
  if (!server.isGone()) throw new Error(`PostgreSQL (pid ${server.pid}) cannot be ended.`);
}

/** The last lines the server wrote, for an error's message. */
export function readLogTail(logFile: string): string {
  try {
    return readFileSync(logFile, 'utf8').slice(-LOG_TAIL_CHARACTERS).trim();
  } catch {
    return '';
  }
}
