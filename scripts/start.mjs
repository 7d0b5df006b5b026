/**
 * `npm start`: everything on this machine, from a fresh clone. `npm run dev` (`--watch`) starts again when a file changes.
 * Needs Node.js 20; installs the rest.
 */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildDashboard } from './build-dashboard.mjs';
import { generateClients } from './generate.mjs';
import { installPackages } from './install-packages.mjs';
import { requireNode } from './require-node.mjs';
import { ROOT, runNode } from './run-node.mjs';

const ENTRY = 'apps/standalone/src/main.ts';

async function main() {
  requireNode();
  const parameters = process.argv.slice(2).filter((word) => word !== '--watch');
  const watches = process.argv.includes('--watch');
  await installPackages({ toRun: true });
  await generateClients();
  await buildDashboard();
  const envFile = existsSync(join(ROOT, '.env')) ? ['--env-file=.env'] : [];
  const watch = watches ? ['--watch', '--watch-preserve-output'] : [];
  process.exitCode = await runNode([...envFile, ...watch, ENTRY, ...parameters], { ownGroup: true });
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
