// Bundles apps into dist/<app>, which is all that an image holds: `node scripts/build-app.mjs billing`, or `--all`.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { buildDashboard } from './build-dashboard.mjs';
import { listApps, parentOf } from './list-apps.mjs';
import { ROOT } from './run-node.mjs';

/** Holds the pages of the dashboard in its image. */
const PAGES_SERVER = 'api-gateway';

const [asked = ''] = process.argv.slice(2);
const apps = asked === '--all' ? listApps() : [asked];
if (!apps.every((app) => /^[a-z-]+$/.test(app) && parentOf(app) !== undefined)) {
  console.error('usage: node scripts/build-app.mjs <app> | --all');
  process.exit(2);
}
for (const app of apps) await buildApp(app);

async function buildApp(app) {
  const out = `${ROOT}/dist/${app}`;
  const migrations = `${ROOT}/prisma/${app}/migrations`;
  // Documents are printed with a font of our own.
  const wantsFont = existsSync(`${ROOT}/${parentOf(app)}/${app}/src/invoices`);
  const entries = [{ in: `${ROOT}/${parentOf(app)}/${app}/src/main.ts`, out: 'main' }];

  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  if (wantsFont) cpSync(`${ROOT}/node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf`, `${out}/DejaVuSans.ttf`);
  if (existsSync(migrations)) {
    cpSync(migrations, `${out}/migrations`, { recursive: true });
    entries.push({ in: `${ROOT}/scripts/migrate-app.ts`, out: 'migrate' });
  }
  if (app === PAGES_SERVER) {
    await buildDashboard();
    cpSync(`${ROOT}/apps/dashboard/dist`, `${out}/dashboard`, { recursive: true });
  }
  // What the chart runs when the installation is gone.
  const release = `${ROOT}/${parentOf(app)}/${app}/src/release-finalizers.ts`;
  if (existsSync(release)) entries.push({ in: release, out: 'release-finalizers' });
  // Helper processes are started from files of their own, beside the program that starts them.
  const sources = `${ROOT}/${parentOf(app)}/${app}/src`;
  for (const file of readdirSync(sources, { recursive: true })) {
    if (file.endsWith('-worker.ts')) entries.push({ in: join(sources, file), out: basename(file, '.ts') });
  }
  const seed = `${ROOT}/scripts/seed-${app}.ts`;
  if (existsSync(seed)) entries.push({ in: seed, out: 'seed' });
  const operator = `${ROOT}/scripts/operator-${app}.ts`;
  if (existsSync(operator)) entries.push({ in: operator, out: 'operator' });
  const result = await build({
    entryPoints: entries,
    outdir: out,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    sourcemap: 'linked',
    external: ['pg-native', 'pg-cloudflare'],
    define: { __APP__: JSON.stringify(app) },
    // CommonJS packages inside the bundle still call require().
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    logLevel: 'warning',
    metafile: true,
  });
  writeFileSync(
    `${out}/package.json`,
    `${JSON.stringify({ name: `@aggregator/${app}`, private: true, type: 'module' })}\n`,
  );
  for (const [file, { bytes }] of Object.entries(result.metafile.outputs)) {
    if (file.endsWith('.mjs')) console.log(`${file}  ${(bytes / 1024).toFixed(0)} kB`);
  }
}
