// Bundles one app into dist/<app>: `node scripts/build-app.mjs billing`. The image holds this and nothing else.
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const app = process.argv[2] ?? '';
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = ['apps', 'operators'].find((parent) => existsSync(`${root}/${parent}/${app}/src/main.ts`));
if (!/^[a-z-]+$/.test(app) || folder === undefined) {
  console.error('usage: node scripts/build-app.mjs <app>');
  process.exit(2);
}
const out = `${root}/dist/${app}`;
const migrations = `${root}/prisma/${app}/migrations`;
const entries = [{ in: `${root}/${folder}/${app}/src/main.ts`, out: 'main' }];

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
if (existsSync(migrations)) {
  cpSync(migrations, `${out}/migrations`, { recursive: true });
  entries.push({ in: `${root}/scripts/migrate-app.ts`, out: 'migrate' });
}
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
