import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode } from './error-code.ts';
import { identifyProcess } from './process-identity.ts';

/** The databases of earlier versions wrote `identity` for `startedAt`. */
const owner = z.union([
  z.object({ pid: z.number().int().min(1), startedAt: z.string() }),
  z.object({ pid: z.number().int().min(1), identity: z.string() }).transform(({ pid, identity }) => ({
    pid,
    startedAt: identity,
  })),
]);
type Owner = z.output<typeof owner>;

/** A lock that was created and not yet written is read again this often, this many times. */
const unreadableRetryMs = 20;
const readsMax = 25;
const attemptsMax = 3;
/** A process that dies while it replaces a dead lock leaves a second dead lock, and so on. */
const depthMax = 3;

export interface DirectoryLock {
  release(): void;
}

/** The result of one try: taken, or the process that holds the lock (null if it is not known). */
type Take = { isTaken: true } | { isTaken: false; pid: number | null };

/**
 * Makes this process the only one that uses the directory. The lock of a dead process is taken over, also if another
 * process has its number now.
 * @param toError Makes the error to throw if a live process, this one included, holds the lock; its id, null if unknown.
 */
export function lockDirectory(directory: string, toError: (pid: number | null) => Error): DirectoryLock {
  const path = join(directory, 'lock');
  const mine = JSON.stringify({ pid: process.pid, startedAt: identifyProcess(process.pid) ?? '' } satisfies Owner);
  const take = takeLock(path, mine, 1);
  if (!take.isTaken) throw toError(take.pid);
  return { release: () => rmSync(path, { force: true }) };
}

function takeLock(path: string, mine: string, depth: number): Take {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    if (tryCreate(path, mine)) return { isTaken: true };
    const held = readHeld(path);
    if (held === null) continue;
    if (held.owner !== null && isRunning(held.owner)) return { isTaken: false, pid: held.owner.pid };
    if (depth === depthMax) break;
    const replacing = takeLock(`${path}.next`, mine, depth + 1);
    if (!replacing.isTaken) return replacing;
    try {
      if (replaceDead(path, held.text, mine)) return { isTaken: true };
    } finally {
      rmSync(`${path}.next`, { force: true });
    }
  }
  return { isTaken: false, pid: null };
}

/** Only the holder of `<path>.next` replaces a dead lock, so the lock that was judged is the lock that is replaced. */
function replaceDead(path: string, judged: string, mine: string): boolean {
  if (tryRead(path) !== judged) return false;
  writeFileSync(path, mine, { mode: 0o600 });
  return true;
}

function tryCreate(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Returns null if the lock was released meanwhile, and no owner if a crash cut the file short. */
function readHeld(path: string): { text: string; owner: Owner | null } | null {
  for (let read = 1; ; read += 1) {
    const text = tryRead(path);
    if (text === null) return null;
    const parsed = parseOwner(text);
    if (parsed !== null || read === readsMax) return { text, owner: parsed };
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, unreadableRetryMs);
  }
}

function tryRead(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

function parseOwner(text: string): Owner | null {
  try {
    return owner.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Earlier versions wrote an empty start on systems other than Linux: there the number alone decides. */
function isRunning({ pid, startedAt }: Owner): boolean {
  const identity = identifyProcess(pid);
  return identity !== undefined && (startedAt === '' || startedAt === identity);
}
