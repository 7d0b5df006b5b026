// Bundles apps into dist/<app>, which is all that an image holds: `node scripts/build-app.mjs billing`, or `--all`.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const parents = ['apps', 'operators'];
/** Runs from its sources, with the embedded adapters: it is in no image. */
const unbundled = ['standalone'];

const folderOf = (app) => parents.find((parent) => existsSync(`${root}/${parent}/${app}/src/main.ts`));
const listApps = () =>
  parents
    .filter((parent) => existsSync(`${root}/${parent}`))
    .flatMap((parent) => readdirSync(`${root}/${parent}`))
    .filter((app) => folderOf(app) !== undefined && !unbundled.includes(app));

const [asked = ''] = process.argv.slice(2);
const apps = asked === '--all' ? listApps() : [asked];
if (!apps.every((app) => /^[a-z-]+$/.test(app) && folderOf(app) !== undefined)) {
  console.error('usage: node scripts/build-app.mjs <app> | --all');
  process.exit(2);
}
for (const app of apps) await buildApp(app);

async function buildApp(app) {
  const out = `${root}/dist/${app}`;
  const migrations = `${root}/prisma/${app}/migrations`;
  const entries = [{ in: `${root}/${folderOf(app)}/${app}/src/main.ts`, out: 'main' }];

  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  if (existsSync(migrations)) {
    cpSync(migrations, `${out}/migrations`, { recursive: true });
    entries.push({ in: `${root}/scripts/migrate-app.ts`, out: 'migrate' });
  }
  // What the chart runs when the installation is gone.
  const release = `${root}/${folderOf(app)}/${app}/src/release-finalizers.ts`;
  if (existsSync(release)) entries.push({ in: release, out: 'release-finalizers' });
  const seed = `${root}/scripts/seed-${app}.ts`;
  if (existsSync(seed)) entries.push({ in: seed, out: 'seed' });
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
