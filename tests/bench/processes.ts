import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const clockTicksPerSecond = 100;

/** Starts a TypeScript file on one core (Linux: `taskset`), with the environment given and nothing of the shell's. */
export function startOnCore(
  core: number,
  file: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): ChildProcess {
  return spawn('taskset', ['-c', String(core), process.execPath, file, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

/** Waits for a line on standard output that holds `text`; rejects when the process ends or 60 s pass before it. */
export async function waitForLine(child: ChildProcess, text: string): Promise<void> {
  let seen = '';
  const signal = AbortSignal.timeout(60_000);
  const exited = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`process ended with ${code} before it said "${text}":\n${seen}`);
  });
  const found = new Promise<void>((resolve) => {
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      seen += chunk;
      if (seen.includes(text)) resolve();
    });
  });
  await Promise.race([found, exited]);
}

/** CPU time that a process has used, user and system, in milliseconds. */
export function readCpuMs(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / clockTicksPerSecond;
}

/** Ends a process that this run started. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await exited;
  clearTimeout(timer);
}
