import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@aggregator/embedded-postgres';
import { removeLeftovers } from './remove-leftovers.ts';

const STATE_DIRECTORY = fileURLToPath(new URL('../../../../var/', import.meta.url));
/** Test runs at the same time, each with a separate server. */
const RUNS_MAX = 8;

export interface TestPostgres {
  url: string;
  stop(): Promise<void>;
}

/**
 * The PostgreSQL server of one test run: that of `existingUrl`, or else an embedded one under `var/`, which ends at
 * `stop` or when this process ends, however it ends.
 */
export async function startTestPostgres(existingUrl?: string): Promise<TestPostgres> {
  if (existingUrl !== undefined && existingUrl !== '') {
    await removeLeftovers(existingUrl, 'old');
    return { url: existingUrl, stop: async () => undefined };
  }
  const server = await startFirstFree();
  const dismissGuard = guard(server.pid);
  await removeLeftovers(server.url, 'all');
  return {
    url: server.url,
    stop: async () => {
      await server.stop();
      dismissGuard();
    },
  };
}

async function startFirstFree(): Promise<EmbeddedPostgres> {
  for (let run = 1; ; run++) {
    const directory = join(STATE_DIRECTORY, run === 1 ? 'test-postgres' : `test-postgres-${run}`);
    try {
      return await startEmbeddedPostgres({ directory, onProgress: () => undefined, isThrowaway: true });
    } catch (error) {
      const isTaken = error instanceof Error && error.message.includes('already running');
      if (!isTaken || run === RUNS_MAX) throw error;
    }
  }
}

/** A tiny process that sees our end of its pipe close when we die, even of `kill -9`, and then stops the server. */
function guard(pid: number): () => void {
  if (process.platform === 'win32') return () => undefined;
  const child = spawn('/bin/sh', ['-c', 'read -r _; kill -INT "$0" 2> /dev/null', String(pid)], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  const { stdin } = child;
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return () => stdin.end();
}
