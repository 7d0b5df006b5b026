import { readFileSync } from 'node:fs';

const path = '/proc/sys/kernel/random/boot_id';

/**
 * Returns the id of this run of the kernel; null if the system has none. What a process wrote before it was killed is there
 * for the next process of the same run. After a loss of the node, the last writes may be missing.
 */
export function readBootId(): string | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' || text.length > 64 ? null : text;
  } catch {
    return null;
  }
}
