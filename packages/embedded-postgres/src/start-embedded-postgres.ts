import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { lockDirectory } from '@aggregator/service-kit';
import { type Binaries, locateBinaries } from './binaries.ts';
import {
  type Connection,
  connectionUrl,
  findFreePort,
  isPortFree,
  readOrCreateConnection,
  saveConnection,
} from './connection-file.ts';
import { initialiseCluster } from './initialise-cluster.ts';
import { chooseRunAs, type RunAs } from './run-as.ts';
import { askDataDirectory, findRunningServer } from './running-server.ts';
import { readLogTail, type ServerProcess, spawnServer, stopServer, watchAdopted } from './server-process.ts';

const READY_TIMEOUT_MS = 30_000;
const READY_POLL_MS = 20;
const RESTART_PAUSE_MS = 200;

export interface EmbeddedPostgresOptions {
  /** Everything the server keeps: data, password, port, log. Made when it does not exist. */
  directory: string;
  /** One short line for each step that takes a moment. */
  onProgress: (line: string) => void;
  /** The server ended without a call of `stop`. Called once; `logTail` is what it wrote last. */
  onUnexpectedExit?: (logTail: string) => void;
  /** For tests: the data need not survive a crash of the machine, so nothing waits for the disk. */
  isThrowaway?: boolean;
}

export interface EmbeddedPostgres {
  /** Of the database `postgres`, with its user and password; other databases by another path. */
  url: string;
  port: number;
  pid: number;
  /** The server was already running: an earlier process was killed and could not stop it. */
  isAdopted: boolean;
  /**
   * Cuts all sessions, ends the server, gives the directory free. Takes at most about 30 s; calling it again does no
   * harm.
   */
  stop(): Promise<void>;
}

interface Place {
  isThrowaway: boolean;
  dataDirectory: string;
  logFile: string;
  binaries: Binaries;
  runAs: RunAs;
}

/**
 * Runs the PostgreSQL server that comes with the npm packages, on 127.0.0.1 only, with its data in `directory`.
 * Resolves when it answers: about a second the first time, a few tenths of one later, longer after a crash (its
 * recovery). The server survives a kill of this process; the next start on the directory takes it over.
 * @throws Error that says what to do: no programs for this machine, directory in use, no way to run as root, server
 * does not start.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const binaries = locateBinaries();
  mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  const directory = realpathSync(options.directory);
  const { release: unlock } = lockDirectory(directory, (pid) => toRunning(directory, pid));
  try {
    const dataDirectory = join(directory, 'data');
    const connection = await readOrCreateConnection(directory, dataDirectory);
    const runAs = chooseRunAs(binaries.postgres, directory, dataDirectory);
    const logFile = join(directory, 'postgres.log');
    const place = { dataDirectory, logFile, binaries, runAs, isThrowaway: options.isThrowaway ?? false };
    return await bringUp(place, connection, options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

function toRunning(directory: string, pid: number | null): Error {
  return new Error(`The database in ${directory} is already running (pid ${pid ?? 'unknown'}).`);
}

async function bringUp(
  place: Place,
  saved: Connection,
  options: EmbeddedPostgresOptions,
  unlock: () => void,
): Promise<EmbeddedPostgres> {
  const { dataDirectory, binaries, runAs } = place;
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  const runningPid = await findRunningServer(dataDirectory, connectionUrl(saved), deadlineMs);
  if (runningPid !== undefined) {
    options.onProgress(`took over the database that was already running on port ${saved.port}`);
    return hold(place, { server: watchAdopted(runningPid), connection: saved, isAdopted: true, options, unlock });
  }
  if (!existsSync(dataDirectory)) {
    options.onProgress('creating the database, once');
    await initialiseCluster({ initdb: binaries.initdb, dataDirectory, password: saved.password, runAs });
  }
  const started = await startUntilReady(place, saved);
  return hold(place, { ...started, isAdopted: false, options, unlock });
}

/**
 * Starts again, within the bound, if the cause is temporary: the port was just taken, or the sessions of a killed
 * server still end.
 */
async function startUntilReady(
  place: Place,
  saved: Connection,
): Promise<{ server: ServerProcess; connection: Connection }> {
  const { dataDirectory, logFile, binaries, runAs, isThrowaway } = place;
  const deadlineMs = performance.now() + READY_TIMEOUT_MS;
  let connection = saved;
  for (;;) {
    if (!(await isPortFree(connection.port))) connection = await moveToFreePort(place, connection);
    const { port } = connection;
    const server = spawnServer({ postgres: binaries.postgres, dataDirectory, port, logFile, isThrowaway, runAs });
    runAs.own(logFile);
    try {
      if (await becomesReady(server, connectionUrl(connection), dataDirectory, deadlineMs))
        return { server, connection };
    } catch (error) {
      await stopServer(server, binaries, dataDirectory);
      throw error;
    }
    const tail = readLogTail(logFile);
    if (!/still in use|lock file .* already exists|could not bind/.test(tail) || performance.now() > deadlineMs) {
      throw new Error(`PostgreSQL did not start. Its last lines (${logFile}):\n${tail}`);
    }
    await pause(RESTART_PAUSE_MS);
  }
}

async function moveToFreePort({ dataDirectory, runAs }: Place, { password }: Connection): Promise<Connection> {
  const connection = { password, port: await findFreePort() };
  runAs.own(saveConnection(join(dataDirectory, '..'), connection));
  return connection;
}

/** False when the process ended first. */
async function becomesReady(
  server: ServerProcess,
  url: string,
  dataDirectory: string,
  deadlineMs: number,
): Promise<boolean> {
  while (!server.isGone()) {
    if ((await askDataDirectory(url)) === dataDirectory) return true;
    if (performance.now() > deadlineMs)
      throw new Error(`PostgreSQL did not answer within ${READY_TIMEOUT_MS / 1000} s.`);
    await pause(READY_POLL_MS);
  }
  return false;
}

interface Held {
  server: ServerProcess;
  connection: Connection;
  isAdopted: boolean;
  options: EmbeddedPostgresOptions;
  unlock: () => void;
}

function hold({ dataDirectory, logFile, binaries }: Place, held: Held): EmbeddedPostgres {
  const { server, connection, isAdopted, options, unlock } = held;
  let stopping: Promise<void> | undefined;
  server.onGone(() => {
    if (stopping === undefined) options.onUnexpectedExit?.(readLogTail(logFile));
  });
  return {
    url: connectionUrl(connection),
    port: connection.port,
    pid: server.pid,
    isAdopted,
    stop: () => {
      stopping ??= stopServer(server, binaries, dataDirectory).finally(unlock);
      return stopping;
    },
  };
}
