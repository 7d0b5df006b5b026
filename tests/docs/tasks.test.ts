import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root } from '../tidy/source-files.ts';
import { startWorld, type World } from '../world/start-world.ts';

const run = promisify(execFile);
const pages = ['developer', 'finance', 'on-call', 'administrator'];
const blocksOf = (page: string) =>
  [...readFileSync(join(root, `docs/tasks/${page}.md`), 'utf8').matchAll(/^```sh\n(.*?)^```/gms)].map(
    ([, block = '']) => block,
  );

describe('the commands of docs/tasks', () => {
  let world: World;
  let folder: string;
  beforeAll(async () => {
    world = await startWorld();
    folder = mkdtempSync(join(tmpdir(), 'aggregator-tasks-'));
  });
  afterAll(async () => {
    await world?.destroy();
    rmSync(folder, { recursive: true });
  });

  it.each(pages)('%s: run as they stand, in order', async (page) => {
    const blocks = blocksOf(page);
    expect(blocks.length).toBeGreaterThanOrEqual(4);
    // The command line of this repository stands in for npx, which would look for it in the folder.
    const npx = `npx() { shift; node '${join(root, 'packages/cli/bin/aggregator.mjs')}' "$@"; }`;
    const script = [npx, ...blocks].join('\n');
    const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], {
      cwd: folder,
      env: {
        PATH: [join(process.execPath, '..'), process.env.PATH].join(delimiter),
        HOME: folder,
        AGGREGATOR_URL: world.baseUrl,
        AGGREGATOR_CONFIG: join(folder, `${page}.json`),
        AGGREGATOR_PASSWORD: world.adminPassword,
        ACCOUNT: world.adminEmail,
      },
    });
    expect(stdout).not.toContain('urn:ai-aggregator:error:internal');
  });
});
