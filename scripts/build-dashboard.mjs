/**
 * Builds the pages of the dashboard: `apps/dashboard` → `apps/dashboard/dist`. Does nothing while no input has changed.
 * Runs on the Node.js of the packages, since it reads TypeScript; `buildDashboard` starts it from any other.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { ROOT, runNode } from './run-node.mjs';

const SOURCE = join(ROOT, 'apps/dashboard');
const OUTPUT = join(SOURCE, 'dist');
const STAMP = join(OUTPUT, '.inputs-sha256');
const PERMISSIONS = join(ROOT, 'packages/contracts/src/permissions.ts');
const COMPRESSED = /\.(js|css|html|svg)$/;

const listFiles = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

function stampOfInputs() {
  const hash = createHash('sha256');
  const single = ['index.html', 'package.json', 'tsconfig.json'].map((name) => join(SOURCE, name));
  const scripts = ['scripts/build-dashboard.mjs', 'package-lock.json'].map((name) => join(ROOT, name));
  for (const file of [...listFiles(join(SOURCE, 'src')), ...single, ...scripts, PERMISSIONS]) {
    if (file.endsWith('.test.ts')) continue;
    hash.update(file.slice(ROOT.length)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

const isCurrent = () => existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stampOfInputs();

/** Builds the pages if they are missing or out of date; returns whether it built them. */
export async function buildDashboard() {
  if (isCurrent()) return false;
  const code = await runNode(['--disable-warning=ExperimentalWarning', 'scripts/build-dashboard.mjs']);
  if (code !== 0) throw new Error('the pages of the dashboard could not be built. The lines above say why.');
  return true;
}

/** The table of permissions as a separate module: the pages take no other code from contracts. */
function permissionsModule(table) {
  const id = 'virtual:permissions';
  return {
    name: 'permissions',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load: (source) => (source === `\0${id}` ? `export const reachTable = ${JSON.stringify(table)};` : undefined),
  };
}

/** For each action, how far it reaches for each role. */
async function readReachTable() {
  const { actions, permissionRoles, reachOf } = await import(pathToFileURL(PERMISSIONS).href);
  return Object.fromEntries(
    actions.map((action) => [
      action,
      Object.fromEntries(permissionRoles.map((role) => [role, reachOf([role], action)])),
    ]),
  );
}

async function main() {
  // Taken before it starts: a file edited meanwhile must not look built.
  const stamp = stampOfInputs();
  const half = `${OUTPUT}.${process.pid}`;
  const { build } = await import('vite');
  await build({
    root: SOURCE,
    configFile: false,
    logLevel: 'warn',
    plugins: [permissionsModule(await readReachTable())],
    build: {
      outDir: half,
      emptyOutDir: true,
      target: ['chrome123', 'firefox121', 'safari17.5'],
      // Everything is a separate file: the content-security policy allows no inline data.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      manifest: 'manifest.json',
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1600,
      rolldownOptions: {
        // Libraries mark what is for browsers alone; all of this is.
        onLog: (level, log, report) => log.code !== 'MODULE_LEVEL_DIRECTIVE' && report(level, log),
      },
    },
  });
  await Promise.all(
    listFiles(half)
      .filter((file) => COMPRESSED.test(file))
      .map(compress),
  );
  writeFileSync(join(half, '.inputs-sha256'), stamp);
  mkdirSync(SOURCE, { recursive: true });
  rmSync(OUTPUT, { recursive: true, force: true });
  renameSync(half, OUTPUT);
}

async function compress(file) {
  const bytes = readFileSync(file);
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
    promisify(gzip)(bytes, { level: 9 }),
  ]);
  if (br.length < bytes.length) writeFileSync(`${file}.br`, br);
  if (gz.length < bytes.length) writeFileSync(`${file}.gz`, gz);
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  main().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
