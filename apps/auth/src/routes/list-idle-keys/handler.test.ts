import { idleKeys } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('GET /internal/organizations/{id}/idle-keys', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  const hourMs = 3_600_000;
  const ask = (orgId: string, since: Date, as: 'billing' | 'proxy' = 'billing') =>
    auth.call('GET', `/internal/organizations/${orgId}/idle-keys?since=${since.toISOString()}`, { as });

  it('returns valid keys of the organisation that were made before and not used since', async () => {
    const { principal } = await auth.createAccount();
    const { orgId: organizationId } = principal;
    const since = new Date(auth.clock.now());
    const older = { createdAt: new Date(since.getTime() - hourMs) };
    const make = async (name: string, change: object = {}, lastUsedAt: Date | null = null) => {
      const { id } = await auth.createKey(principal, { name });
      await auth.database.apiKey.update({ where: { id }, data: { ...older, ...change } });
      if (lastUsedAt === null) return id;
      const times = { firstUsedAt: lastUsedAt, lastUsedAt };
      await auth.database.keyUse.create({ data: { keyId: id, organizationId, addresses: [], ...times } });
      return id;
    };
    const idle = [await make('never used'), await make('used before', {}, new Date(since.getTime() - 1))];
    await make('used since', {}, since);
    await make('made since', { createdAt: since });
    await make('revoked', { revokedAt: since });
    await make('expired', { expiresAt: new Date(since.getTime() - 1) });
    const stranger = (await auth.createAccount()).principal.orgId;

    expect(idleKeys.parse((await ask(organizationId, since)).body)).toEqual({
      // In the order of ids.
      data: idle.sort(),
    });
    expect((await ask(stranger, since)).body).toEqual({ data: [] });
  });

  it('answers 401 to any caller but billing, and 400 without a time', async () => {
    const { orgId } = (await auth.createAccount()).principal;
    expect((await ask(orgId, new Date(), 'proxy')).status).toBe(401);
    expect((await auth.call('GET', `/internal/organizations/${orgId}/idle-keys`, { as: 'billing' })).status).toBe(400);
  });
});
