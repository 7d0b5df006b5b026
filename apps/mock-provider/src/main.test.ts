import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const main = new URL('main.ts', import.meta.url).pathname;
let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mock-provider-app-'));
});
afterEach(async () => {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
  rmSync(folder, { recursive: true });
});

/** The process as it is deployed; answers what it printed first. */
async function start(environment: Readonly<Record<string, string>>): Promise<string> {
  const printed: string[] = [];
  const started = spawn(process.execPath, [main], { env: { MOCK_PROVIDER_PORT: '0', ...environment } });
  child = started;
  for (const output of [started.stdout, started.stderr]) output.on('data', (text) => printed.push(String(text)));
  return waitFor(() => printed.join(''), { describe: 'the mock provider to say something' });
}

const urlOf = (line: string) => /http:\S+/.exec(line)?.[0] ?? '';
const ask = (url: string, stream: boolean) =>
  fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-request-id': 'a/1' },
    body: JSON.stringify({ model: 'mock-small', stream, messages: [{ role: 'user', content: 'Hello' }] }),
  });

describe('the mock provider as a process', () => {
  it('is alive, answers, and reports what it charged', async () => {
    const url = urlOf(await start({}));
    expect((await fetch(new URL('/health/live', url))).status).toBe(200);
    expect((await ask(url, false)).status).toBe(200);
    expect(await (await fetch(`${url}/ledger`)).text()).toContain('"attemptId":"a/1"');
  });

  it('finishes a stream before it ends itself, and keeps its ledger', async () => {
    const ledgerPath = join(folder, 'ledger.jsonl');
    const url = urlOf(await start({ MOCK_CHUNK_DELAY_MS: '5', MOCK_LEDGER_PATH: ledgerPath }));
    const response = await ask(url, true);
    child?.kill('SIGTERM');
    expect(await response.text()).toContain('data: [DONE]');
    await waitFor(() => child?.exitCode === 0, { describe: 'the process to end' });
    expect(readFileSync(ledgerPath, 'utf8')).toContain('"state":"completed"');
  });

  it('breaks off what outlives the grace', async () => {
    const url = urlOf(await start({ MOCK_CHUNK_DELAY_MS: '60000', SHUTDOWN_GRACE_MS: '50' }));
    const response = await ask(url, true);
    child?.kill('SIGTERM');
    await expect(response.text()).rejects.toThrow();
    await waitFor(() => child?.exitCode === 0, { describe: 'the process to end' });
  });

  it('does not start with a wrong environment, and says all that is wrong', async () => {
    const said = await start({ MOCK_LATENCY_MS: 'slow', MOCK_CHUNK_DELAY_MS: '-1' });
    expect(said).toMatch(/MOCK_LATENCY_MS[\s\S]*MOCK_CHUNK_DELAY_MS/);
    await waitFor(() => child?.exitCode === 1, { describe: 'the process to end' });
  });
});
