import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';

const folder = mkdtempSync(join(tmpdir(), 'aggregator-full-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const script = new URL('./__fixtures__/restart-on-full-disk.ts', import.meta.url).pathname;

it('starts on a full disk and ships what earlier processes settled (I11)', () => {
  // A separate file system, in a namespace that ends with the program.
  const command = `mount -t tmpfs -o size=4m none "$1" && exec "$2" --disable-warning=ExperimentalWarning "$3" "$1"`;
  const words = ['--map-root-user', '--mount', 'sh', '-c', command, 'sh', folder, process.execPath, script];
  const report = JSON.parse(execFileSync('unshare', words, { encoding: 'utf8', timeout: 50_000 }));
  expect(report.settled).toBeGreaterThan(100);
  expect(report.shipped).toBe(report.settled);
});
