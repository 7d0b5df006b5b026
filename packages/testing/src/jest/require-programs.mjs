import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Throws, and says what is missing, if not all of these programs are on PATH. `tests` begins the sentence. */
export function requirePrograms(tests, programs) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const missing = programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  if (missing.length === 0) return;
  throw new Error(`${tests} need ${programs.join(', ')} on PATH; ${missing.join(', ')} cannot be found.`);
}
