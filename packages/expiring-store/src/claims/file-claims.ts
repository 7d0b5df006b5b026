import { ClaimJournal } from './claim-journal.ts';
import { createMemoryClaimStore } from './memory-claims.ts';
import type { ClaimBounds, ClaimStore } from './port.ts';

export interface FileClaimStoreOptions extends ClaimBounds {
  /** The file; its folder is made. It belongs to one process at a time. */
  readonly path: string;
  /** Unix milliseconds; `Date.now` by default. */
  readonly now?: () => number;
}

const rewriteBytesMin = 16 * 1024 * 1024;

/**
 * The claims of one process that outlive it: in memory, with a journal in a file. For an installation without Redis.
 */
export function createFileClaimStore({ path, now = Date.now, ...bounds }: FileClaimStoreOptions): ClaimStore {
  const journal = new ClaimJournal(path, bounds.keptMs, rewriteBytesMin);
  let replayedMs: number | null = null;
  const memory = createMemoryClaimStore({ ...bounds, now: () => replayedMs ?? now() });
  const ready = replay();

  /** Repeats earlier entries of the journal, each at its own time. */
  async function replay(): Promise<void> {
    for (const entry of journal.read(now())) {
      replayedMs = entry.atMs;
      if (entry.kind === 'claim') await memory.claim(entry.name, entry);
      else if (entry.kind === 'finish') {
        const value = entry.value === null ? null : Buffer.from(entry.value, 'base64');
        await memory.finish(entry.name, entry.owner, value);
      }
    }
    replayedMs = null;
  }

  return {
    async claim(name, request) {
      await ready;
      const found = await memory.claim(name, request);
      if (found.result !== 'claimed') return found;
      try {
        const { tenant, owner, fingerprint, leaseMs } = request;
        journal.append({ kind: 'claim', name, atMs: now(), tenant, owner, fingerprint, leaseMs });
      } catch (error) {
        await memory.release(name, request.owner);
        throw error;
      }
      return found;
    },
    async renew(name, owner, leaseMs) {
      await ready;
      return await memory.renew(name, owner, leaseMs);
    },
    async finish(name, owner, value) {
      await ready;
      const end = await memory.finish(name, owner, value);
      const kept = end === 'kept' && value !== null ? value.toString('base64') : null;
      if (end !== 'gone') journal.append({ kind: 'finish', name, atMs: now(), owner, value: kept });
      return end;
    },
    async release(name, owner) {
      await ready;
      // Only the owner of an open claim can renew it: another's release must not be read again.
      if (!(await memory.renew(name, owner, 1))) return;
      journal.append({ kind: 'release', name, atMs: now(), owner });
      await memory.release(name, owner);
    },
    close: () => memory.close(),
  };
}
