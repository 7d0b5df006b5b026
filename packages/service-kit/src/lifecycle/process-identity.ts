import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { errorCode } from './error-code.ts';

const PS_TIMEOUT_MS = 2_000;

/** A process that ended but whose parent has not noticed yet is not alive: in a container, it may stay so for good. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false;
  }
  return readStat(pid)?.[0] !== 'Z';
}

/**
 * A text that names one run of one process, so that a number which the system (or a restarted container) gave to
 * another process is not mistaken for it; undefined when no process has that number now.
 */
export function identifyProcess(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  const startTicks = readStat(pid)?.[19];
  if (startTicks === undefined) return askPs(pid, 'lstart=') ?? 'alive';
  return `${readOrUndefined('/proc/sys/kernel/random/boot_id')?.trim() ?? ''}/${startTicks}`;
}

/** Linux: state, parent, … start time of a process. Its name comes before, in parentheses, and may contain anything. */
function readStat(pid: number): string[] | undefined {
  const stat = readOrUndefined(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The command line of a process, undefined when it cannot be had. */
export function readCommandLine(pid: number): string | undefined {
  if (existsSync('/proc/self/cmdline')) return readOrUndefined(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ');
  return askPs(pid, 'args=');
}

function readOrUndefined(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function askPs(pid: number, column: string): string | undefined {
  if (process.platform === 'win32') return undefined;
  const answer = spawnSync('ps', ['-o', column, '-p', String(pid)], { encoding: 'utf8', timeout: PS_TIMEOUT_MS });
  const line = answer.status === 0 ? answer.stdout.trim() : '';
  return line === '' ? undefined : line;
}
