import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

const outputLengthMax = 20_000;
const stopMs = 5000;

/** A program that runs until it is stopped, or until this process ends. */
export interface ChildProgram {
  /** Throws, with its last words, when it is no longer running. */
  check(): void;
  /** Asks it to end, and after five seconds ends it. */
  stop(): Promise<void>;
}

export function startProgram(name: string, parameters: readonly string[]): ChildProgram {
  const child = spawn(name, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let failure: Error | undefined;
  const keep = (chunk: Buffer) => {
    output = (output + chunk).slice(-outputLengthMax);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (error) => {
    failure = error;
  });
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));

  return {
    check() {
      if (failure !== undefined) throw new Error(`${name} cannot be started: ${failure.message}`);
      if (hasEnded(child)) throw new Error(`${name} has ended (${child.exitCode ?? child.signalCode})\n${output}`);
    },
    async stop() {
      if (failure !== undefined || hasEnded(child)) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(kill, stopMs);
      await ended;
      clearTimeout(timer);
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

const portMin = 20_000;
const portMax = 32_000;

/** A port that was free a moment ago, below those that the system gives to outgoing connections. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = portMin + Math.floor(Math.random() * (portMax - portMin));
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port between ${portMin} and ${portMax}`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
