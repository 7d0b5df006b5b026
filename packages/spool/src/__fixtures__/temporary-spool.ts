import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { UsageRecorded } from '@aggregator/contracts';
import type { SpoolOptions } from '../port.ts';

export interface TemporarySpool {
  options: SpoolOptions;
  /** What was shipped and acknowledged, in order. */
  shipped: UsageRecorded[];
  errors: unknown[];
  /** What the event log answers; acknowledges everything unless set. */
  answer: (events: readonly UsageRecorded[]) => Promise<void>;
}

/** Options for a spool in a directory that does not exist yet, below `root`. */
export function makeSpoolOptions(root: string, options: Partial<SpoolOptions> = {}): TemporarySpool {
  const spool: TemporarySpool = {
    shipped: [],
    errors: [],
    answer: async () => undefined,
    options: {
      directory: join(root, 'spool'),
      bytesMax: 4 * 1024 * 1024,
      segmentBytesMax: 256 * 1024,
      flushIntervalMs: 5,
      shipBatchMax: 100,
      async ship(events) {
        await spool.answer(events);
        spool.shipped.push(...events);
      },
      onError: (error) => spool.errors.push(error),
      ...options,
    },
  };
  return spool;
}

export function makeRoot(): string {
  return mkdtempSync(join(tmpdir(), 'spool-'));
}

export function removeRoot(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

/** The directory as a crash at this moment would leave it, for a process elsewhere. */
export function copyAsCrashed(directory: string, to: string): string {
  cpSync(directory, to, { recursive: true });
  rmSync(join(to, 'lock'), { force: true });
  return to;
}

export function listSegmentNames(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.log'))
    .sort();
}

/** Resolves when the settlements of this turn of the event loop are written. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Resolves as soon as the condition holds; rejects after ten seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ten seconds: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
