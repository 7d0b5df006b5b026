import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { walkAsNewUser } from './new-user.ts';
import { type Services, startServices } from './start-services.ts';

describe('a new user, on PostgreSQL, Redis and Kafka, each service a separate process', () => {
  let services: Services;
  beforeAll(async () => {
    services = await startServices();
  });
  afterAll(() => services.stop(), 60_000);

  it('registers, sees a balance, creates a key, asks, sees the usage, revokes the key', async () => {
    await walkAsNewUser(services.baseUrl, 'mock-small');
  });
});
