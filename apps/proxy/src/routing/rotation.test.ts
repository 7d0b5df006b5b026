import { randomUUID } from 'node:crypto';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startWorld, toSnapshot, type World } from '../testing/start-world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ environment: { MAX_RETRIES: '0' } });
});
afterAll(() => world.stop());

const rotationsMax = 15;

describe('a key that is rotated while requests come', () => {
  it('fails none of them, of those that were planned before either', async () => {
    const seen = new Set<string>();
    world.scripted.answer = (request, response) => {
      seen.add(request.headers.authorization ?? 'none');
      const message = { role: 'assistant', content: 'y' };
      const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
      const answer = { id: 'a', object: 'chat.completion', created: 1, model: 'scripted-model', usage };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ...answer, choices: [{ index: 0, message, finish_reason: 'stop' }] }));
    };
    const rotate = async (version: number) => {
      const snapshot = toSnapshot(world.mock.url, world.scripted.url, version);
      const ref = `stored:${randomUUID()}`;
      world.orchestrator.credentials.clear();
      world.orchestrator.credentials.set(ref, `key-${version}`);
      const providers = snapshot.providers.map((provider) =>
        provider.name === 'scripted' ? { ...provider, credentialRefs: [ref] } : provider,
      );
      world.orchestrator.publish({ ...snapshot, providers });
      await waitFor(() => world.orchestrator.acks.at(-1)?.version === version, { describe: 'the rotated key' });
    };
    await rotate(2);
    const statuses: number[] = [];
    let isOver = false;
    const ask = async () => {
      while (!isOver) {
        const body = { model: 'scripted-model', messages: [{ role: 'user', content: 'x' }] };
        const answer = await world.post('/v1/chat/completions', body);
        await answer.text();
        statuses.push(answer.status);
      }
    };
    const callers = Array.from({ length: 8 }, ask);
    for (let version = 3; version < rotationsMax; version += 1) await rotate(version);
    isOver = true;
    await Promise.all(callers);

    expect(statuses.length).toBeGreaterThan(rotationsMax);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
    expect(seen.size).toBeGreaterThan(3);
    expect(seen).not.toContain('none');
  });
});
