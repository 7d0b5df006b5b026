import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Migration {
  /** Its folder's name, `<timestamp>_<what it does>`. */
  name: string;
  sql: string;
  /** Lower-case hexadecimal SHA-256 of the file, as Prisma computes it. */
  checksum: string;
}

/**
 * Reads `<directory>/<name>/migration.sql` of every folder, in the order of the names.
 * @throws Error when the directory, or the file in one of its folders, is missing.
 */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const content = await readFile(join(directory, name, 'migration.sql'));
      return { name, sql: content.toString('utf8'), checksum: createHash('sha256').update(content).digest('hex') };
    }),
  );
}
