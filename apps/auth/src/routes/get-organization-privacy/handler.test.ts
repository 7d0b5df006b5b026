import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('GET /internal/organizations/{id}/privacy', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  const read = (id: string, as?: 'api-gateway' | 'proxy') =>
    auth.call('GET', `/internal/organizations/${id}/privacy`, as === undefined ? {} : { as });

  it('answers 200 with what the organisation masks', async () => {
    const { principal } = await auth.createAccount();
    expect((await read(principal.orgId, 'api-gateway')).body).toEqual({ privacy: null });

    const privacy = { mode: 'mask', names: ['Иван'] };
    await auth.call('PATCH', '/v1/auth/organization', { as: principal, body: { privacy } });
    expect((await read(principal.orgId, 'api-gateway')).body).toEqual({ privacy });
  });

  it('answers 404 for what is no organisation', async () => {
    expect((await read(crypto.randomUUID(), 'api-gateway')).status).toBe(404);
    expect((await read('none', 'api-gateway')).status).toBe(404);
  });

  it('answers 401 to who is not the gateway', async () => {
    expect((await read(crypto.randomUUID())).status).toBe(401);
    expect((await read(crypto.randomUUID(), 'proxy')).status).toBe(401);
  });

  it('tells nothing where the stored policy is none: better no answer than one without masking', async () => {
    const { principal } = await auth.createAccount();
    await auth.database.$executeRaw`
      UPDATE "organization" SET "privacy" = '{"mode":"perhaps"}' WHERE "id" = ${principal.orgId}::uuid`;
    expect((await read(principal.orgId, 'api-gateway')).status).toBe(500);
  });
});
