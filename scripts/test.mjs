/**
 * `npm test` (the unit tier), `npm run test:integration`, `npm run test:hostile`, `npm run test:agents`, `npm run test:servers`, `npm run test:browser`,
 * `npm run test:control-plane`, `npm run test:charts` and `npm run test:cluster`, of which only the quick part runs without `-- --all`. Further words go to Jest:
 * `npm test -- packages/pricing -t rounds`.
 * The last line is always "N passed, N failed"; a test file that could not run counts as failed.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildDashboard } from './build-dashboard.mjs';
import { generateClients } from './generate.mjs';
import { installPackages } from './install-packages.mjs';
import { requireNode } from './require-node.mjs';
import { ROOT, runNode } from './run-node.mjs';

const TIERS = ['unit', 'integration', 'hostile', 'agents', 'servers', 'browser', 'control-plane', 'charts', 'cluster'];
/** One cluster for all of them: each file after the other. */
const QUICK_CLUSTER = 'tests/cluster/quick';

async function main() {
  requireNode();
  const [tier, ...forJest] = process.argv.slice(2);
  if (!TIERS.includes(tier)) throw new Error(`usage: node scripts/test.mjs ${TIERS.join('|')} [words for Jest …]`);
  if (tier === 'cluster') {
    const isWhole = forJest.includes('--all');
    if (isWhole) forJest.splice(forJest.indexOf('--all'), 1);
    if (!isWhole && forJest.length === 0) forJest.push(QUICK_CLUSTER);
    forJest.push('--runInBand');
  }
  await installPackages();
  await generateClients();
  await buildDashboard();
  const resultsFile = join(ROOT, 'var', `test-results-${tier}-${process.pid}.json`);
  mkdirSync(join(ROOT, 'var'), { recursive: true });
  const code = await runNode([
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    // Before `--selectProjects`, which takes every word after it for the name of a project.
    ...forJest,
    `--json`,
    `--outputFile=${resultsFile}`,
    '--selectProjects',
    tier,
  ]);
  const { passed, failed } = readCounts(resultsFile, code);
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = code;
}

function readCounts(file, code) {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    return { passed: results.numPassedTests, failed: failed === 0 && code !== 0 ? 1 : failed };
  } catch {
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(file, { force: true });
  }
}

main().catch((error) => {
  process.stderr.write(`${error.message}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
});
