import { keyEpoch } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('GET /internal/keys/epoch', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  const readEpoch = async () =>
    keyEpoch.parse((await auth.call('GET', '/internal/keys/epoch', { as: 'api-gateway' })).body).epoch;

  it('answers 200 with a number that grows with each change of a key, also one made by hand (I3)', async () => {
    const { principal } = await auth.createAccount();
    const before = await readEpoch();
    const { id } = await auth.createKey(principal);
    const afterCreation = await readEpoch();
    await auth.database.$executeRaw`UPDATE "api_key" SET "revoked_at" = now() WHERE "id" = ${id}::uuid`;

    expect(afterCreation).toBeGreaterThan(before);
    expect(await readEpoch()).toBeGreaterThan(afterCreation);
  });

  it('names the orders to end answers of the last ten minutes, to gateways that ask for them (I3)', async () => {
    const { principal } = await auth.createAccount('operator');
    const [killed, revoked] = [await auth.createKey(principal), await auth.createKey(principal)];
    const readCuts = async (query = '?cuts=true') =>
      keyEpoch.parse((await auth.call('GET', `/internal/keys/epoch${query}`, { as: 'api-gateway' })).body).cuts;
    await auth.call('DELETE', `/v1/auth/api-keys/${revoked.id}`, { as: principal });
    expect(await readCuts()).toEqual([]);
    await auth.call('DELETE', `/v1/auth/api-keys/${killed.id}?kill=true`, { as: principal });

    expect(await readCuts()).toMatchObject([{ keyIds: [killed.id], userIds: [], organizationIds: [] }]);
    expect(await readCuts('')).toBeUndefined();
    await auth.database.$executeRaw`UPDATE cut_order SET created_at = now() - interval '11 minutes'`;
    expect(await readCuts()).toEqual([]);
  });

  it('can never go back', async () => {
    await expect(auth.database.keyEpoch.updateMany({ data: { epoch: 0n } })).rejects.toThrow('only grows');
    await expect(auth.database.keyEpoch.deleteMany()).rejects.toThrow('only grows');
  });

  it('answers 401 to who is not the gateway', async () => {
    expect((await auth.call('GET', '/internal/keys/epoch')).status).toBe(401);
    expect((await auth.call('GET', '/internal/keys/epoch', { as: 'proxy' })).status).toBe(401);
  });
});
