import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile, replaceFile } from './durable-file.ts';
import type { Position } from './segment-files.ts';

const position = z.strictObject({ segment: z.number().int().min(0), offset: z.number().int().min(0) });

/** Returns the position up to which everything is shipped; the beginning if none was saved: too much is shipped, never too little. */
export async function readCursor(directory: string): Promise<Position> {
  return (await readJsonFile(join(directory, 'cursor.json'), position)) ?? { segment: 0, offset: 0 };
}

export async function writeCursor(directory: string, cursor: Position): Promise<void> {
  await replaceFile(join(directory, 'cursor.json'), JSON.stringify(cursor));
}
