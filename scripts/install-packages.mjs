import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run-node.mjs';

const PROGRESS_INTERVAL_MS = 4_000;

/** Package managers download engines and browsers from their install scripts; nothing here uses them. */
const quietScripts = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_SKIP_POSTINSTALL_GENERATE: '1' };

/**
 * Installs what package-lock.json names, unless it is there already. For `toRun` without the tools that only development
 * needs; these are installed when something asks for them. Writes the elapsed time to stderr.
 */
export async function installPackages({ toRun = false } = {}) {
  if (isInstalled(toRun)) return;
  const startedAt = performance.now();
  const report = () => {
    const seconds = Math.round((performance.now() - startedAt) / 1_000);
    process.stderr.write(`installing packages${seconds > 0 ? ` … ${seconds} s` : ''}\n`);
  };
  report();
  const timer = setInterval(report, PROGRESS_INTERVAL_MS);
  try {
    // `ci` begins by deleting everything, also under an `npm start` that runs from it. What is there is only added to.
    const isFresh = !existsSync(join(ROOT, 'node_modules/.package-lock.json'));
    const how = isFresh ? ['ci', ...(toRun ? ['--omit=dev'] : [])] : ['install', '--no-save'];
    await runNpm([...how, '--no-audit', '--no-fund', '--loglevel=error']);
  } finally {
    clearInterval(timer);
  }
}

/**
 * npm writes what it installed, in the form of the lock file, when it is done. Every package that the lock file demands must
 * be among it, in the same version; optional ones are missing by right on other machines than theirs.
 */
function isInstalled(toRun) {
  const installed = readPackages('node_modules/.package-lock.json');
  if (installed === undefined) return false;
  const wanted = Object.entries(readPackages('package-lock.json') ?? {});
  return wanted.every(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    if (entry.optional || (toRun && entry.dev) || entry.devOptional) return true;
    const found = installed[path];
    return found !== undefined && found.version === entry.version && found.link === entry.link;
  });
}

function readPackages(file) {
  const path = join(ROOT, file);
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

function runNpm(parameters) {
  const { npm_execpath: npmScript } = process.env;
  const isNpm = npmScript !== undefined && /npm-cli\.c?js$/.test(npmScript);
  const [file, prefix, shell] = isNpm
    ? [process.execPath, [npmScript], false]
    : ['npm', [], process.platform === 'win32'];
  return new Promise((resolve, reject) => {
    const child = spawn(file, [...prefix, ...parameters], {
      cwd: ROOT,
      env: { ...process.env, ...quietScripts },
      shell,
      // npm's last words ("added 300 packages") are no part of our output.
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${parameters[0]} failed (${signal ?? code}). The lines above say why.`));
    });
  });
}
