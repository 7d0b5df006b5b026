import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AppError } from '@aggregator/contracts';
import { z } from 'zod';

const owner = z.strictObject({ pid: z.number().int().min(1), startedAt: z.string() });
type Owner = z.infer<typeof owner>;

export interface DirectoryLock {
  release(): void;
}

/**
 * Makes this process the only one that writes to the directory. Throws `conflict` if a live process holds it, this one
 * included; the lock of a dead process is taken over.
 */
export function lockDirectory(directory: string): DirectoryLock {
  const path = join(directory, 'lock');
  const text = JSON.stringify({ pid: process.pid, startedAt: readStart(process.pid) } satisfies Owner);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (tryWrite(path, text)) return { release: () => rmSync(path, { force: true }) };
    const held = tryRead(path);
    const holder = held === null ? null : parseOwner(held);
    if (holder !== null && isAlive(holder)) throw toConflict(directory, holder.pid);
    if (held !== null) takeAway(path, held, directory);
  }
  throw toConflict(directory, null);
}

function tryWrite(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function tryRead(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Null if the file was cut short by the crash that left it. */
function parseOwner(text: string): Owner | null {
  try {
    return owner.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Moves a dead lock aside. If another process has replaced it in the meantime, that one's lock is put back. */
function takeAway(path: string, expected: string, directory: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  const isStolen = tryRead(aside) !== expected;
  if (isStolen) linkSync(aside, path);
  rmSync(aside, { force: true });
  if (isStolen) throw toConflict(directory, null);
}

/** A process id alone is not enough: after a restart of its container a process often has the id of the one that died. */
function isAlive(holder: Owner): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (!hasCode(error, 'EPERM')) return false;
  }
  return readStart(holder.pid) === holder.startedAt;
}

/** When a process started, as Linux counts it since a boot it names; elsewhere nothing, and the id alone decides. */
function readStart(pid: number): string {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? '';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${afterName.split(' ')[19]}`;
  } catch {
    return '';
  }
}

function toConflict(directory: string, pid: number | null): AppError {
  return new AppError('conflict', { internal: `spool ${directory} is held by process ${pid ?? 'unknown'}` });
}

function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
