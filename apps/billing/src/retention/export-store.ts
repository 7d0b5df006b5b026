import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

export interface StoredFile {
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** Where details of a month are kept before they are deleted. A mounted volume of an object store is a directory too. */
export interface ExportStore {
  /** Writes a whole file, in place of one of that name; it is durable when this resolves. One call at a time for each name. */
  write(name: string, chunks: AsyncIterable<Uint8Array>): Promise<StoredFile>;
  /** @throws if there is no such file. */
  digest(name: string): Promise<StoredFile>;
}

/** Keeps files in a directory, which must outlive the installation. */
export function createDirectoryStore(directory: string): ExportStore {
  return {
    async write(name, chunks) {
      const path = join(directory, name);
      const part = `${path}.${randomUUID()}.part`;
      await mkdir(dirname(path), { recursive: true });
      await removeParts(path);
      const file = await open(part, 'wx', 0o600);
      try {
        const stored = await hashAll(chunks, (chunk) => file.writeFile(chunk));
        await file.sync();
        await file.close();
        await rename(part, path);
        await syncDirectory(dirname(path));
        return stored;
      } catch (error) {
        await file.close();
        await rm(part, { force: true });
        throw error;
      }
    },
    digest: (name) => hashAll(createReadStream(join(directory, name))),
  };
}

/** A process that crashed leaves its part. */
async function removeParts(path: string): Promise<void> {
  const start = `${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (name.startsWith(start) && name.endsWith('.part')) await rm(join(dirname(path), name), { force: true });
  }
}

async function hashAll(
  chunks: AsyncIterable<Uint8Array>,
  keep: (chunk: Uint8Array) => Promise<void> = async () => undefined,
): Promise<StoredFile> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    bytes += chunk.length;
    await keep(chunk);
  }
  return { bytes, sha256: hash.digest('hex') };
}

/** A renamed file is durable once its directory is. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
