import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@aggregator/testing';

const startTimeoutMs = 300_000;
const logCharactersMax = 4000;

export interface ServerProgram {
  /** Path of the program. */
  readonly program: string;
  /** Files in its home, by name. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** Its environment beside the one that every server has. */
  readonly environment: Readonly<Record<string, string>>;
  arguments(home: string, port: number): readonly string[];
  /** Path that returns a success when the server can be used. */
  readonly readyPath: string;
}

export interface RunningServer {
  /** Without a path. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a server with an empty environment and a temporary home, and waits until it is ready. */
export async function runServer(server: ServerProgram): Promise<RunningServer> {
  const home = await mkdtemp(join(tmpdir(), 'aggregator-server-'));
  for (const [name, content] of Object.entries(server.files)) await writeFile(join(home, name), content);
  const port = await findFreePort();
  const child = spawn(server.program, server.arguments(home, port), {
    cwd: home,
    env: { PATH: '/usr/bin:/bin', HOME: home, TMPDIR: home, LANG: 'C.UTF-8', ...server.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let log = '';
  const keep = (chunk: Buffer) => {
    log = (log + chunk.toString('utf8')).slice(-logCharactersMax);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const close = async () => {
    child.kill('SIGKILL');
    await ended;
    await rm(home, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitFor(
      async () => {
        if (child.exitCode !== null) throw new Error(`the server ended: ${log}`);
        return await fetch(`${url}${server.readyPath}`).then(
          ({ ok }) => ok,
          () => false,
        );
      },
      { describe: 'the server', timeoutMs: startTimeoutMs },
    );
  } catch (error) {
    await close();
    throw new Error(log, { cause: error });
  }
  return { url, close };
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
