import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RoutingSnapshot } from '@aggregator/contracts';
import { replaceFileDurably } from '@aggregator/spool';
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
  const directory = dirname(path);
  await mkdir(directory, { recursive: true });
  await replaceFileDurably(directory, path, JSON.stringify(snapshot));
}
