import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCli } from '@aggregator/cli';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { root } from '../tidy/source-files.ts';
import { startWorld, type World } from '../world/start-world.ts';

const page = readFileSync(join(root, 'docs/cli.md'), 'utf8');
const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].flatMap(([, block = '']) => block.trim().split('\n'));

describe('docs/cli.md', () => {
  let world: World;
  let folder: string;
  beforeAll(async () => {
    world = await startWorld();
    folder = mkdtempSync(join(tmpdir(), 'aggregator-cli-'));
  });
  afterAll(async () => {
    await world.destroy();
    rmSync(folder, { recursive: true });
  });

  async function run(line: string, environment: Record<string, string> = {}) {
    const output: { out: string[]; err: string[] } = { out: [], err: [] };
    const terminal = {
      write: (text: string) => void output.out.push(text),
      warn: (text: string) => void output.err.push(text),
      environment: {
        ...{ AGGREGATOR_URL: world.baseUrl, AGGREGATOR_CONFIG: join(folder, 'cli.json') },
        ...{ AGGREGATOR_PASSWORD: world.adminPassword, ...environment },
      },
    };
    const words = line.replace('chief@example.com', world.adminEmail).split(' ').slice(2);
    const code = await runCli(words, terminal);
    return { code, out: output.out.join(''), err: output.err.join('') };
  }

  it('has commands that run as they stand, in order', async () => {
    expect(blocks.length).toBeGreaterThan(12);
    for (const line of blocks) expect({ line, ...(await run(line)) }).toMatchObject({ line, code: 0, err: '' });
  });

  it('keeps the session for its owner alone, and writes JSON', async () => {
    expect(statSync(join(folder, 'cli.json')).mode & 0o777).toBe(0o600);
    const { out } = await run('npx aggregator --json keys list');
    expect(JSON.parse(out)).toMatchObject({
      data: expect.arrayContaining([expect.objectContaining({ name: 'laptop', models: ['mock-small'] })]),
    });
    expect(JSON.parse((await run('npx aggregator doctor --json')).out)).toMatchObject({
      findings: expect.arrayContaining([expect.objectContaining({ check: 'models', state: 'ok' })]),
    });
  });

  it('sends no session to another gateway, and says what fails', async () => {
    const other = await run('npx aggregator whoami', {
      AGGREGATOR_URL: world.baseUrl.replace('127.0.0.1', 'localhost'),
    });
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining('401 invalid_api_key') });
    const away = await run('npx aggregator doctor', { AGGREGATOR_URL: 'http://127.0.0.1:9' });
    expect(away).toMatchObject({ code: 1, out: expect.stringContaining('Start the gateway') });
    expect((await run('npx aggregator nothing')).code).toBe(2);
    expect((await run('npx aggregator top-up 1e3')).err).toContain('no amount in dollars');
  });

  it('credits an exact amount once', async () => {
    const { organizationId } = JSON.parse((await run('npx aggregator --json whoami')).out);
    const before = JSON.parse((await run('npx aggregator --json balance')).out);
    const line = `npx aggregator top-up 0.000000007 --organization ${organizationId} --idempotency-key once-0001`;
    expect((await run(line)).code).toBe(0);
    expect((await run(line)).code).toBe(0);
    const after = JSON.parse((await run('npx aggregator --json balance')).out);
    expect(BigInt(after.balanceNanoUsd) - BigInt(before.balanceNanoUsd)).toBe(7n);
  });
});
