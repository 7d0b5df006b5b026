/**
 * `npm run test:guards [-- I7 …]`: runs the test of each promise once with its guard removed, and passes where the test fails.
 * Sources stay as they are: Jest compiles the one file without the guard. Ends with "N passed, N failed".
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../tidy/source-files.ts';
import { type Guard, guards } from './guards.ts';

const wanted = process.argv.slice(2);
const resultsFile = join(root, 'var', `guard-${process.pid}.json`);
let passed = 0;
let failed = 0;

/** How many tests failed, and whether the file could be run at all. */
async function runWithout({ path, guard, instead, test }: Guard): Promise<{ failures: number; isRun: boolean }> {
  const words = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'];
  const name = test.name === '' ? [] : ['-t', test.name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')];
  const forJest = [test.path, ...name, '--json', `--outputFile=${resultsFile}`, '--silent', '--selectProjects', 'unit'];
  const child = spawn(process.execPath, [...words, ...forJest], {
    cwd: root,
    env: { ...process.env, REMOVED_GUARD: JSON.stringify({ path, guard, instead }) },
    stdio: 'ignore',
  });
  await once(child, 'exit');
  const results = JSON.parse(readFileSync(resultsFile, 'utf8'));
  rmSync(resultsFile, { force: true });
  return { failures: results.numFailedTests, isRun: results.numRuntimeErrorTestSuites === 0 };
}

mkdirSync(join(root, 'var'), { recursive: true });
for (const guard of guards.filter(({ promise }) => wanted.length === 0 || wanted.includes(promise))) {
  const { failures, isRun } = await runWithout(guard).catch(() => ({ failures: 0, isRun: false }));
  const isSeen = isRun && failures > 0;
  if (isSeen) passed += 1;
  else failed += 1;
  const found = isRun ? `${failures} tests fail` : 'the test could not be run';
  process.stdout.write(`${isSeen ? 'ok' : 'NOT SEEN'} ${guard.promise} without its guard in ${guard.path}: ${found}\n`);
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
