import { randomUUID } from 'node:crypto';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, toSnapshot, type World } from '../testing/start-world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ environment: { MAX_RETRIES: '1', RETRY_DELAY_MS: '1' } });
});
afterAll(() => world.stop());

const rotationsMax = 15;
const whole = {
  ...{ id: 'a', object: 'chat.completion', created: 1, model: 'scripted-model' },
  choices: [{ index: 0, message: { role: 'assistant', content: 'y' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
};

/** Publishes version `version`, in which the scripted provider has its own key: `key-<version>`. */
async function rotate(version: number): Promise<void> {
  const snapshot = toSnapshot(world.mock.url, world.scripted.url, version);
  const ref = `stored:${randomUUID()}`;
  world.orchestrator.credentials.clear();
  world.orchestrator.credentials.set(ref, `key-${version}`);
  const providers = snapshot.providers.map((provider) =>
    provider.name === 'scripted' ? { ...provider, credentialRefs: [ref] } : provider,
  );
  world.orchestrator.publish({ ...snapshot, providers });
  await waitFor(() => world.orchestrator.acks.at(-1)?.version === version, { describe: 'the rotated key' });
}

async function ask(): Promise<number> {
  const body = { model: 'scripted-model', messages: [{ role: 'user', content: 'x' }] };
  const answer = await world.post('/v1/chat/completions', body);
  await answer.text();
  return answer.status;
}

describe('a key that is rotated while requests come', () => {
  it('fails none of them', async () => {
    const seen = new Set<string>();
    world.scripted.answer = (request, response) => {
      seen.add(request.headers.authorization ?? 'none');
      response.setHeader('content-type', 'application/json').end(JSON.stringify(whole));
    };
    await rotate(2);
    const statuses: number[] = [];
    let isOver = false;
    const callers = Array.from({ length: 8 }, async () => {
      while (!isOver) statuses.push(await ask());
    });
    for (let version = 3; version < rotationsMax; version += 1) await rotate(version);
    isOver = true;
    await Promise.all(callers);

    expect(statuses.length).toBeGreaterThan(rotationsMax);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(seen.size).toBeGreaterThan(3);
    expect(seen).not.toContain('none');
  });

  it('does not take its key from a request that was planned before and is tried again', async () => {
    const keys: (string | undefined)[] = [];
    await rotate(rotationsMax);
    world.scripted.answer = (request, response) => {
      keys.push(request.headers.authorization);
      if (keys.length > 1) response.setHeader('content-type', 'application/json').end(JSON.stringify(whole));
      else void rotate(rotationsMax + 1).then(() => response.writeHead(503).end('{}'));
    };

    expect(await ask()).toBe(200);
    expect(keys).toEqual(Array(2).fill(`Bearer key-${rotationsMax}`));
  });
});
