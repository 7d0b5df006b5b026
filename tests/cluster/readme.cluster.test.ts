import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root } from '../tidy/source-files.ts';
import { runCommand } from './commands.ts';
import { removeInstallation } from './installation.ts';

const namespace = 'aggregator';

/** Code of the section about the installation in a cluster, block by block. */
function readBlocks(): string[] {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const section = text.slice(text.indexOf('## In a cluster'), text.indexOf('## The map'));
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
}

const run = (code: string, timeoutMs: number) => runCommand('bash', ['-euo', 'pipefail', '-c', code], { timeoutMs });

describe('the commands of the README, as they stand there', () => {
  let forward: ChildProcess | undefined;
  const [install = '', open = '', ask = '', uninstall = '', ...more] = readBlocks();
  beforeAll(() => removeInstallation(namespace), 400_000);
  afterAll(async () => {
    forward?.kill('SIGTERM');
    await removeInstallation(namespace);
  }, 400_000);

  it('build the images, install, and make a Provider that every proxy serves', async () => {
    expect(more).toEqual([]);
    const said = await run(install, 1_200_000);

    expect(said).toContain('provider.aggregator.dev/mock condition met');
    expect(said).toMatch(/mock\s+Mock\s+True\s+Ready/);
  }, 1_300_000);

  it('open the door, and get a streamed answer through it', async () => {
    const started = spawn('bash', ['-c', `exec ${open}`], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    forward = started;
    let said = '';
    started.stdout.on('data', (chunk) => {
      said += String(chunk);
    });
    await waitFor(() => said.includes('Forwarding from'), { timeoutMs: 30_000, describe: 'the door to open' });

    const answer = await run(ask, 60_000);

    expect(answer).toContain('"object":"chat.completion.chunk"');
    expect(answer).toMatch(/"cost":0\.0/);
    expect(answer.trimEnd().endsWith('data: [DONE]')).toBe(true);
  }, 120_000);

  it('take it away, and leave the Provider', async () => {
    await run(uninstall, 300_000);

    const left = await runCommand('kubectl', ['get', 'providers', '--namespace', namespace, '-o', 'name']);
    expect(left.trim()).toBe('provider.aggregator.dev/mock');
  }, 320_000);
});
