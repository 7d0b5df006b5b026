/**
 * `npm run check:commits -- main..HEAD`: subjects are `type(scope): imperative` of at most 72 characters, and each body has
 * the paragraphs Before, Now and Seen. Merges are left out. Prints each fault; exits with 1 if there is one.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { judgeCommit } from './judge-commit.ts';

const [range = 'HEAD~1..HEAD'] = process.argv.slice(2);
const { status, stdout, stderr } = spawnSync('git', ['log', '--no-merges', '--format=%h%x00%B%x01', range], {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  encoding: 'utf8',
});
if (status !== 0) {
  process.stderr.write(stderr);
  process.exit(2);
}
const commits = stdout.split('\x01').flatMap((text) => {
  const [hash, message] = text.trim().split('\0');
  return hash && message ? [{ hash, message }] : [];
});
const faults = commits.flatMap(({ hash, message }) => judgeCommit(message).map((fault) => `${hash}: ${fault}`));
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(`${commits.length} commits, ${faults.length} faults\n`);
process.exitCode = faults.length === 0 ? 0 : 1;
