import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, readCommandLine } from '@aggregator/service-kit';
import pg from 'pg';

const CONNECT_TIMEOUT_MS = 2_000;
const POLL_MS = 20;

/**
 * Asks the server which folder it serves (absolute); undefined when no server answers there, or it rejects our
 * password.
 */
export async function askDataDirectory(url: string): Promise<string | undefined> {
  const client = new pg.Client({
    connectionString: url,
    ssl: false,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: CONNECT_TIMEOUT_MS,
  });
  // Without a listener, a server that dies right after the answer would end this process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ directory: string }>("SELECT current_setting('data_directory') AS directory");
    return rows[0] && resolve(rows[0].directory);
  } catch {
    return undefined;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * The process id of a server that an earlier process left running on these data and that answers at `url`; undefined
 * when there is none. A server still starting or stopping is waited for. A lock file whose server died, and whose
 * number went to some other program, is removed: PostgreSQL itself would take that program for a running server, and
 * refuse to start.
 * @throws Error when a server holds the data but does not answer within `deadlineMs` (time of `performance.now`).
 */
export async function findRunningServer(
  dataDirectory: string,
  url: string,
  deadlineMs: number,
): Promise<number | undefined> {
  for (;;) {
    const pid = readServerPid(dataDirectory);
    if (pid === undefined) return undefined;
    if (!isAlive(pid) || !isServerOf(pid, dataDirectory)) {
      rmSync(join(dataDirectory, 'postmaster.pid'), { force: true });
      return undefined;
    }
    if ((await askDataDirectory(url)) === dataDirectory) return pid;
    if (performance.now() > deadlineMs) {
      throw new Error(
        `PostgreSQL (pid ${pid}) holds ${dataDirectory}, but does not answer. End that process, then start again.`,
      );
    }
    await pause(POLL_MS);
  }
}

/** The number in `postmaster.pid`; undefined without one. */
function readServerPid(dataDirectory: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(dataDirectory, 'postmaster.pid'), 'utf8'), 10);
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isServerOf(pid: number, dataDirectory: string): boolean {
  const commandLine = readCommandLine(pid);
  // If command lines cannot be read, the connection decides.
  return commandLine === undefined || commandLine.includes(dataDirectory);
}
