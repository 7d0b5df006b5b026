import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** A place in the log: segments are numbered from 1 and never reused. */
export interface Position {
  segment: number;
  offset: number;
}

/** One file of the log, as it is now. */
export interface Segment {
  readonly number: number;
  bytes: number;
  /** Intents in it that have no settlement yet. */
  openIntents: number;
}

const namePattern = /^segment-(\d{12})\.log$/;

export function toSegmentPath(directory: string, number: number): string {
  return join(directory, `segment-${String(number).padStart(12, '0')}.log`);
}

/** Numbers of the segments in the directory, oldest first. */
export async function listSegments(directory: string): Promise<number[]> {
  const names = await readdir(directory);
  return names
    .map((name) => Number(namePattern.exec(name)?.[1] ?? 0))
    .filter((number) => number > 0)
    .sort((left, right) => left - right);
}
