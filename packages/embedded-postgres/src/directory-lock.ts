import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { errorCode } from './error-code.ts';
import { identifyProcess } from './process-identity.ts';

const holderSchema = z.object({ pid: z.number().int(), identity: z.string() });

/** A lock that was made but not yet written to is read again this often, this many times. */
const UNREADABLE_RETRY_MS = 20;
const ATTEMPTS_MAX = 25;

/**
 * Takes the directory for this process; returns the function that releases it. The lock of a process that died counts
 * for nothing, also when its number now belongs to another one.
 * @throws Error "already running (pid …)" while another start holds it.
 */
export async function lockDirectory(directory: string): Promise<() => void> {
  const file = join(directory, 'lock');
  const mine = JSON.stringify({ pid: process.pid, identity: identifyProcess(process.pid) ?? '' });
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    if (writeIfAbsent(file, mine)) return () => rmSync(file, { force: true });
    const found = readText(file);
    if (found === undefined) continue;
    const holder = parseHolder(found);
    if (holder !== undefined && identifyProcess(holder.pid) === holder.identity) {
      throw new Error(`The database in ${directory} is already running (pid ${holder.pid}).`);
    }
    if (holder === undefined && attempt < ATTEMPTS_MAX - 1) await pause(UNREADABLE_RETRY_MS);
    else removeStale(file, found);
  }
  throw new Error(`Could not take the lock ${file}; remove it if no other process uses this directory.`);
}

function writeIfAbsent(file: string, text: string): boolean {
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Two starts may find the same stale lock. Moving it aside first shows whether it still is the one that was judged. */
function removeStale(file: string, judged: string): void {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readText(aside) === judged) rmSync(aside, { force: true });
  else renameSync(aside, file);
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function parseHolder(text: string): z.infer<typeof holderSchema> | undefined {
  try {
    return holderSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
