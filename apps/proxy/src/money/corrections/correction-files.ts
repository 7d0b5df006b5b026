import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFileDurably } from '@aggregator/spool';
import { type PendingCorrection, pendingCorrection } from './pending-correction.ts';

const namePattern = /^[0-9a-f-]{36}\.json$/i;

/**
 * One file for each pending correction, beside the spool: a crash loses none. They are few, and each lives from a settlement
 * by estimate until the provider's record is published. They hold no prompt and no secret.
 */
export class CorrectionFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Returns what an earlier process left, at most `max`. `onUnreadable` has the name of each file that is none. */
  async readAll(max: number, onUnreadable: (name: string, error: unknown) => void): Promise<PendingCorrection[]> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const names = (await readdir(this.#directory)).filter((name) => namePattern.test(name));
    const found: PendingCorrection[] = [];
    for (const name of names.sort().slice(0, max)) {
      try {
        found.push(pendingCorrection.parse(JSON.parse(await readFile(join(this.#directory, name), 'utf8'))));
      } catch (error) {
        onUnreadable(name, error);
      }
    }
    return found;
  }

  /** Writes a correction, or replaces it. When this resolves it survives the loss of the node. */
  async write(pending: PendingCorrection): Promise<void> {
    await replaceFileDurably(this.#directory, this.#pathOf(pending.request.requestId), JSON.stringify(pending));
  }

  async remove(requestId: string): Promise<void> {
    await rm(this.#pathOf(requestId), { force: true });
  }

  #pathOf(requestId: string): string {
    return join(this.#directory, `${requestId}.json`);
  }
}
