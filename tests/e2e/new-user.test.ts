import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startWorld, type World } from '../world/start-world.ts';
import { walkAsNewUser } from './new-user.ts';

describe('a new user, on the embedded form', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.destroy());

  it('registers, sees a balance, creates a key, asks, sees the usage, revokes the key', async () => {
    await walkAsNewUser(world.baseUrl, 'mock-small');
  });
});
