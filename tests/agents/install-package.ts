import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../tidy/source-files.ts';

const run = promisify(execFile);
const installTimeoutMs = 600_000;

/** A package of npm or PyPI in one version. */
export interface WantedPackage {
  readonly registry: 'npm' | 'pypi';
  readonly name: string;
  readonly version: string;
  /** A folder with its source, in place of the registry, and what its build is given. */
  readonly source?: { readonly folder: string; readonly environment: Readonly<Record<string, string>> };
}

/**
 * Installs a package in `var/agents`, unless it is there. Only this needs the network.
 * Returns the folder of its programs.
 */
export async function installPackage(wanted: WantedPackage): Promise<string> {
  const folder = join(root, 'var', 'agents');
  const place = join(folder, `${wanted.name.replaceAll(/[^\w.@-]/g, '-')}-${wanted.version}`);
  const programs = join(place, wanted.registry === 'npm' ? 'node_modules/.bin' : 'bin');
  if (existsSync(join(place, 'installed'))) return programs;
  await mkdir(folder, { recursive: true });
  // A virtual environment of Python knows its own path: it is made where it stays.
  await rm(place, { recursive: true, force: true });
  if (wanted.registry === 'npm') await installFromNpm(wanted, folder, place);
  else await installFromPypi(wanted, place);
  await writeFile(join(place, 'installed'), '');
  return programs;
}

async function installFromNpm({ name, version }: WantedPackage, folder: string, place: string): Promise<void> {
  const unfinished = await mkdtemp(join(folder, 'npm-'));
  await writeFile(join(unfinished, 'package.json'), JSON.stringify({ private: true }));
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--foreground-scripts=false'];
  await run('npm', ['install', ...quiet, '--prefix', unfinished, `${name}@${version}`], { timeout: installTimeoutMs });
  await rename(unfinished, place);
}

async function installFromPypi({ name, version, source }: WantedPackage, place: string): Promise<void> {
  await run('python3', ['-m', 'venv', place], { timeout: installTimeoutMs });
  const pip = join(place, 'bin', 'pip');
  const wanted = source ? `${name} @ file://${source.folder}` : `${name}==${version}`;
  const env = { ...process.env, ...source?.environment };
  await run(pip, ['install', '--quiet', wanted], { timeout: installTimeoutMs, env });
}
