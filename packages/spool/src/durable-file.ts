import { open, readFile, rename, writeFile } from 'node:fs/promises';
import type { z } from 'zod';

/** Returns the parsed file, or null if there is none or it differs from what was written. */
export async function readJsonFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.infer<Schema> | null> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces the file in one step; it survives the process, not yet the node. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}

/** Replaces the file in one step; when this resolves it survives the loss of the node. */
export async function replaceFileDurably(directory: string, path: string, text: string): Promise<void> {
  const handle = await open(`${path}.new`, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(`${path}.new`, path);
  await syncDirectory(directory);
}

/** Makes names that were added to or taken from the directory survive the loss of the node. */
export async function syncDirectory(directory: string): Promise<void> {
  // Windows cannot open a directory, and orders such changes by itself.
  if (process.platform === 'win32') return;
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
