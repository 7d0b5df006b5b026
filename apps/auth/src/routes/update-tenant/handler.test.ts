import { keyVerdict, tenant } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../keys/key-hasher.ts';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('GET, PATCH /v1/auth/organizations/{id}', () => {
  let auth: AuthHarness;
  let operator: Account;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth();
    operator = await auth.createAccount('operator');
    owner = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const path = (id = owner.principal.orgId) => `/v1/auth/organizations/${id}`;
  const set = (body: unknown, as = operator.principal, id?: string) => auth.call('PATCH', path(id), { as, body });
  const verify = async (key: string) => {
    const body = { keySha256: sha256Hex(key) };
    return keyVerdict.parse((await auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body })).body);
  };

  describe('200', () => {
    it("raises one organisation's ceilings, which bind its keys at once, and audits it (I21)", async () => {
      const { key } = await auth.createKey(owner.principal);
      const tooMuch = { as: owner.principal, body: { name: 'x', limits: { requestsPerMinute: 700 } } };
      expect((await auth.call('POST', '/v1/auth/api-keys', tooMuch)).status).toBe(400);
      const ceilings = { key: { requestsPerMinute: 700 }, organization: { requestsPerMinute: 800 } };

      const answer = await set({ ceilings });

      expect(tenant.parse(answer.body)).toMatchObject({
        ceilings,
        limits: { requestsPerMinute: 800, concurrentRequests: 2000 },
        keyLimitsMax: { requestsPerMinute: 700, concurrentRequests: 200 },
      });
      expect((await auth.call('POST', '/v1/auth/api-keys', tooMuch)).status).toBe(201);
      expect(await verify(key)).toMatchObject({ principal: { organizationLimits: { requestsPerMinute: 800 } } });
      expect(auth.published.at(-2)).toMatchObject({ organizationIds: [owner.principal.orgId] });
      expect(await auth.database.auditEntry.findMany({ where: { action: 'ceilings_set' } })).toEqual([
        expect.objectContaining({ organizationId: owner.principal.orgId, actorUserId: operator.principal.userId }),
      ]);
    });

    it('grows the epoch, so that a gateway finds a change whose message was lost (I3)', async () => {
      const epoch = async () => (await auth.database.keyEpoch.findUniqueOrThrow({ where: { id: 1 } })).epoch;
      const before = await epoch();
      await set({ ceilings: { organization: { tokensPerMinute: 5 } } });
      expect(await epoch()).toBe(before + 1n);
    });

    it("returns to the installation's ceilings with null", async () => {
      await set({ ceilings: { key: { requestsPerMinute: 5 } } });
      expect(tenant.parse((await set({ ceilings: null })).body)).toMatchObject({
        ceilings: null,
        keyLimitsMax: { requestsPerMinute: 600 },
      });
      expect(tenant.parse((await auth.call('GET', path(), { as: operator.principal })).body).ceilings).toBeNull();
    });
  });

  it.each([
    ['unknown_field', { ceilings: null, balance: 1 }],
    ['invalid_value', { ceilings: { key: { requestsPerMinute: 0 } } }],
    ['invalid_value', {}],
  ])('answers 400 %s to %j', async (code, body) => {
    expect((await set(body)).body).toMatchObject({ status: 400, code });
  });

  it('answers 403 to an owner, also for the own organisation, and changes nothing (I17)', async () => {
    await set({ ceilings: null });
    expect((await set({ ceilings: { key: { requestsPerMinute: 900 } } }, owner.principal)).status).toBe(403);
    expect((await auth.call('GET', path(), { as: owner.principal })).status).toBe(403);
    const row = await auth.database.organization.findUniqueOrThrow({ where: { id: owner.principal.orgId } });
    expect(row.ceilings).toBeNull();
  });

  it('answers 404 for an unknown organisation', async () => {
    expect((await set({ ceilings: null }, operator.principal, crypto.randomUUID())).status).toBe(404);
    expect((await set({ ceilings: null }, operator.principal, 'none')).status).toBe(404);
  });
});
