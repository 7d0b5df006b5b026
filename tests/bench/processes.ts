import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Starts a TypeScript file on one core (Linux: `taskset`), with the environment given and nothing of the shell's. */
export function startOnCore(
  core: number,
  file: string,
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): ChildProcess {
  return spawn('taskset', ['-c', String(core), process.execPath, file, ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...environment },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
}

/** Waits for a line on standard output that holds `text`; rejects when the process ends or 60 s pass before it. */
export function waitForLine(child: ChildProcess, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const finish = (error?: Error) => {
      clearTimeout(timer);
      child.off('exit', onExit);
      if (error === undefined) resolve();
      else reject(error);
    };
    const onExit = (code: number | null) => finish(new Error(`ended with ${code} before it said "${text}":\n${seen}`));
    const timer = setTimeout(() => finish(new Error(`did not say "${text}" within 60 s:\n${seen}`)), 60_000);
    child.once('exit', onExit);
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      seen = (seen + chunk).slice(-10_000);
      if (seen.includes(text)) finish();
    });
  });
}

/** CPU time that a process has used, user and system, all its threads, in milliseconds: to the nanosecond, and not in ticks. */
export function readCpuMs(child: ChildProcess): number {
  const threads = `/proc/${child.pid}/task`;
  const ofThread = (id: string) => Number(readFileSync(`${threads}/${id}/schedstat`, 'utf8').split(' ')[0]);
  return readdirSync(threads).reduce((sum, id) => sum + ofThread(id), 0) / 1e6;
}

/** Resident memory of a process, in KiB. */
export function readMemoryKiB(child: ChildProcess): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]);
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
