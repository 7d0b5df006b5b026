import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MockProviderServer, startMockProviderServer } from '@aggregator/mock-provider';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { root } from '../tidy/source-files.ts';
import { claimPorts, type PortClaim } from './claim-ports.ts';
import { compareLedgers } from './compare-ledgers.ts';
import { createManagementClient } from './management-client.ts';
import { runMixedLoad } from './mixed-load.ts';

const readyFile = z.object({
  baseUrl: z.string(),
  apiKey: z.string(),
  adminEmail: z.string(),
  adminPassword: z.string(),
});

/** How long a start takes depends on what else the machine does; it is not what is tested here. */
const startDeadlineMs = 90_000;

describe('kill -9 of everything in the middle of the load', () => {
  let provider: MockProviderServer;
  let ports: PortClaim;
  let stateDirectory: string;
  let environment: Record<string, string | undefined>;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    provider = await startMockProviderServer({ port: 0, chunkDelayMs: 3, wordsPerAnswer: 25 });
    stateDirectory = await mkdtemp(join(tmpdir(), 'aggregator-kill-'));
    ports = await claimPorts();
    environment = {
      PATH: process.env.PATH,
      STATE_DIRECTORY: stateDirectory,
      PORT_BASE: String(ports.base),
      LOG_LEVEL: 'error',
      MOCK_BASE_URL: provider.url,
    };
  });
  afterAll(async () => {
    for (const child of children) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await provider.close();
    await ports.release();
    await rm(stateDirectory, { recursive: true, force: true });
  });

  async function start(): Promise<{ child: ChildProcess; facts: z.infer<typeof readyFile> }> {
    const child = spawn(process.execPath, ['apps/standalone/src/main.ts'], {
      cwd: root,
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    children.push(child);
    const path = join(stateDirectory, 'standalone.json');
    let text = '';
    await waitFor(
      async () => {
        text = await readFile(path, 'utf8').catch(() => '');
        return text !== '' || child.exitCode !== null;
      },
      { timeoutMs: startDeadlineMs, describe: () => 'standalone.json' },
    );
    if (text === '') throw new Error(`the start ended with ${child.exitCode}`);
    return { child, facts: readyFile.parse(JSON.parse(text)) };
  }

  /** The same request with the same key, before and after: one call and one charge (I8). */
  async function askOnce({ baseUrl, apiKey }: z.infer<typeof readyFile>) {
    const answer = await fetch(`${baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', 'idempotency-key': 'order-1' },
      body: JSON.stringify({ model: 'mock/mock-small', messages: [{ role: 'user', content: 'Hello' }] }),
    });
    expect(answer.status).toBe(200);
    return await answer.text();
  }

  it("loses nothing: after the restart the provider's ledger and ours agree to the nano-USD (I1)", async () => {
    const first = await start();
    const load = { ...first.facts, requests: 400, connections: 50 };
    const killed = once(first.child, 'exit');
    const answered = await askOnce(first.facts);

    const seen = await runMixedLoad({
      ...load,
      seed: 9,
      onProgress: (done) => {
        if (done === 150) first.child.kill('SIGKILL');
      },
    });
    await killed;
    // The ready file of a killed process is still there; the next start takes it away first.
    await rm(join(stateDirectory, 'standalone.json'), { force: true });
    const second = await start();
    expect(await askOnce(second.facts)).toEqual(answered);
    await runMixedLoad({ ...load, requests: 100, seed: 10 });
    const management = createManagementClient(second.facts.baseUrl, second.facts.apiKey);
    await waitFor(
      async () => {
        const transactions = await management.transactions();
        return (
          (await management.balance()).heldNanoUsd === '0' &&
          compareLedgers(provider.ledger.records(), transactions).length === 0
        );
      },
      { describe: () => 'the ledgers to agree' },
    ).catch(async (error: unknown) => {
      expect(compareLedgers(provider.ledger.records(), await management.transactions())).toEqual([]);
      throw error;
    });

    expect(seen.filter((one) => one.status === null).length).toBeGreaterThan(0);
    expect(provider.ledger.records().length).toBeGreaterThan(150);
    expect(second.facts).toEqual(first.facts);
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);
  }, 300_000);
});
