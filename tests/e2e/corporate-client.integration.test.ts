import { withConnection } from '@aggregator/database';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createManagementClient } from '../world/management-client.ts';
import { corporateSettings, walkAsCorporateClient } from './corporate-client.ts';
import { type Services, startServices } from './start-services.ts';

describe('a corporate client, on PostgreSQL, Redis and Kafka, each service a separate process', () => {
  let services: Services;
  beforeAll(async () => {
    services = await startServices(corporateSettings);
  });
  afterAll(() => services.stop(), 60_000);

  it('adds 1,000 people with teams, budgets and keys; a team ends at its budget; usage, export and ledger agree (I2, I8)', async () => {
    const operator = { email: 'operator@example.com', password: `a long password ${crypto.randomUUID()}` };
    const stranger = createManagementClient(services.baseUrl, null);
    const registered = await stranger.request('POST', '/v1/auth/register', { ...operator, name: 'Operator' });
    expect(registered.status).toBe(201);
    await withConnection(services.databaseUrlOf('auth'), 5000, (client) =>
      client.query('UPDATE "user" SET is_operator = true WHERE email = $1', [operator.email]),
    );
    await walkAsCorporateClient(services.baseUrl, operator);
  }, 420_000);
});
