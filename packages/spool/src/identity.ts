import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, replaceFileDurably } from './durable-file.ts';

const identity = z.strictObject({ id: z.uuid(), epoch: z.number().int().min(1) });
export type Identity = z.infer<typeof identity>;

/**
 * The directory's lasting id with the next epoch, durable when this resolves: no two openings ever write the same
 * (id, epoch, seq). A directory without a readable identity gets a new one.
 */
export async function raiseEpoch(directory: string): Promise<Identity> {
  const path = join(directory, 'identity.json');
  const last = (await readJsonFile(path, identity)) ?? { id: randomUUID(), epoch: 0 };
  const next = { id: last.id, epoch: last.epoch + 1 };
  await replaceFileDurably(directory, path, JSON.stringify(next));
  return next;
}
