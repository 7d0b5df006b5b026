import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createManagementClient } from './management-client.ts';
import { startWorld, type World } from './start-world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world?.destroy());

it('writes no file that another user of the machine can read', async () => {
  const client = createManagementClient(world.baseUrl, world.apiKey);
  const asked = { model: 'mock-small', messages: [{ role: 'user', content: 'Hello' }] };
  expect((await client.request('POST', '/v1/chat/completions', asked)).status).toBe(200);

  const open = readdirSync(world.stateDirectory, { recursive: true, encoding: 'utf8' })
    .map((path) => ({ path, mode: statSync(join(world.stateDirectory, path), { throwIfNoEntry: false })?.mode ?? 0 }))
    .filter(({ mode }) => (mode & 0o077) !== 0)
    .map(({ path, mode }) => `${(mode & 0o777).toString(8)} ${path}`);
  expect(open).toEqual([]);
});
