import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RoutingSnapshot } from '@aggregator/contracts';
import { readSnapshot } from './read-snapshot.ts';

/** The last good snapshot, for a start while the orchestrator is away. Null where there is none. Throws where it is not one. */
export async function readSavedSnapshot(path: string): Promise<RoutingSnapshot | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const read = readSnapshot(JSON.parse(text));
  if (!read.isGood) throw new Error(`not a snapshot: ${read.problems[0]?.message}`);
  return read.snapshot;
}

/** Replaces the file whole or not at all. A snapshot holds no secret. */
export async function saveSnapshot(path: string, snapshot: RoutingSnapshot): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(snapshot));
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
