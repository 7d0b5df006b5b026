import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startWorld, type World } from '../world/start-world.ts';
import { corporateSettings, walkAsCorporateClient } from './corporate-client.ts';

describe('a corporate client, on the embedded form', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld(corporateSettings);
  });
  afterAll(() => world.destroy());

  it('adds 1,000 people with teams, budgets and keys; a team ends at its budget; usage, export and ledger agree (I2, I8)', async () => {
    await walkAsCorporateClient(world.baseUrl, { email: world.adminEmail, password: world.adminPassword });
  }, 420_000);
});
