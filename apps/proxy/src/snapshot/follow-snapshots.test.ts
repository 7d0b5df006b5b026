import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startWorld, toSnapshot, type World } from '../testing/start-world.ts';

let world: World;
beforeEach(async () => {
  world = await startWorld();
  await waitFor(() => world.orchestrator.acks.length === 1, { describe: 'the first acknowledgement' });
});
afterEach(() => world.stop());

const present = () => world.proxy.context.routing.index?.snapshot.version;
const snapshot = (version: number, change: object = {}) => ({
  ...toSnapshot(world.mock.url, world.scripted.url, version),
  ...change,
});
const savedSnapshot = async () => JSON.parse(await readFile(join(world.spoolDirectory, '../snapshot.json'), 'utf8'));
/** The file is written behind the acknowledgement. */
const isSaved = (version: number) =>
  waitFor(async () => (await savedSnapshot().catch(() => null))?.version === version, { describe: `file ${version}` });

async function modelIds(): Promise<string[]> {
  const answer = await fetch(`${world.url}/v1/models`, { headers: await world.headers() });
  const { data } = JSON.parse(await answer.text());
  return data.map((row: { id: string }) => row.id);
}

describe('a proxy that follows the orchestrator', () => {
  it('serves a newer snapshot at once, saves it and acknowledges it by its number', async () => {
    const newer = snapshot(2);
    newer.providers = newer.providers.filter((provider) => provider.name === 'scripted');
    world.orchestrator.publish(newer);
    await waitFor(() => world.orchestrator.acks.length === 2, { describe: 'the second acknowledgement' });

    expect(world.orchestrator.acks[1]).toMatchObject({ epoch: 1, version: 2, result: 'ack', problems: [] });
    expect(await modelIds()).toEqual(['scripted-model']);
    await isSaved(2);
    expect(await savedSnapshot()).toEqual(newer);
  });

  it('refuses a snapshot that cannot be read, says why, and keeps what it has, ready, until a good one comes', async () => {
    world.orchestrator.publish(snapshot(2, { providers: 'all of them' }));
    await waitFor(() => world.orchestrator.acks.length === 2, { describe: 'the refusal' });

    expect(world.orchestrator.acks[1]).toMatchObject({ version: 2, result: 'nack', problems: [{ entry: 'snapshot' }] });
    expect(present()).toBe(1);
    expect((await modelIds()).length).toBeGreaterThan(1);
    expect((await fetch(`${world.url}/health/ready`)).status).toBe(200);
    world.orchestrator.publish(snapshot(3));
    await waitFor(() => world.orchestrator.acks.length === 3, { describe: 'the good one' });
    expect(world.orchestrator.acks[2]).toEqual({ epoch: 1, version: 3, result: 'ack', problems: [] });
  });

  it('serves a snapshot without the entries that break the contract, and names them', async () => {
    const { providers, prices } = snapshot(2);
    const [mock, plain, scripted] = providers;
    const broken = { ...plain, name: 'plain', concurrencyMax: 'many' };
    world.orchestrator.publish({ ...snapshot(2), providers: [mock, broken, scripted], prices });
    await waitFor(() => world.orchestrator.acks.length === 2, { describe: 'the answer' });

    expect(world.orchestrator.acks[1]).toMatchObject({
      version: 2,
      result: 'ack',
      problems: [{ entry: 'providers/plain' }],
    });
    const ids = await modelIds();
    expect(ids).toContain('scripted-model');
    expect(ids.some((id) => id.startsWith('plain/'))).toBe(false);
    await waitFor(async () => (await savedSnapshot()).providers.length === 2, { describe: 'the file' });
  });

  it('never goes back, not to an older version, and not to an older epoch with a higher version', async () => {
    world.orchestrator.publish(snapshot(5, { epoch: 2 }));
    await waitFor(() => present() === 5, { describe: 'the newer epoch' });
    world.orchestrator.publish(snapshot(4, { epoch: 2 }));
    world.orchestrator.publish(snapshot(9, { epoch: 1 }));
    world.orchestrator.publish(snapshot(6, { epoch: 2 }));
    await waitFor(() => world.orchestrator.acks.some((ack) => ack.version === 6), { describe: 'the last one' });

    expect(world.orchestrator.acks.map((ack) => ack.version)).toEqual([1, 5, 6]);
  });

  it('comes again when the stream breaks, and serves meanwhile', async () => {
    world.orchestrator.cutStreams();
    expect((await modelIds()).length).toBeGreaterThan(1);
    await waitFor(() => world.orchestrator.streams.size === 1, { describe: 'the stream to be open again' });
    world.orchestrator.publish(snapshot(2));

    await waitFor(() => present() === 2, { describe: 'the newer snapshot' });
  });
});

describe('a proxy that starts while the orchestrator is away', () => {
  it('serves the last good snapshot from its disk', async () => {
    const path = join(world.spoolDirectory, '../snapshot.json');
    await isSaved(1);
    const orphan = await startWorld({ after: world, hasOrchestrator: false, environment: { SNAPSHOT_PATH: path } });
    try {
      expect(
        (
          await orphan.post('/v1/chat/completions', {
            model: 'mock/mock-small',
            messages: [{ role: 'user', content: 'x' }],
          })
        ).status,
      ).toBe(200);
    } finally {
      await orphan.stop();
    }
  });
});
