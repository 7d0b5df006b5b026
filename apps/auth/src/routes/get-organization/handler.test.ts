import { shownOrganization } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('GET /v1/auth/organization', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  const read = (as: Parameters<AuthHarness['call']>[2]) => auth.call('GET', '/v1/auth/organization', as);

  it("answers 200 with the caller's own organisation", async () => {
    const { principal } = await auth.createAccount();
    await auth.createAccount();
    const answer = await read({ as: principal });

    expect(answer.status).toBe(200);
    expect(shownOrganization.parse(answer.body)).toMatchObject({ id: principal.orgId, privacy: null });
  });

  it('answers 403 to who may not manage keys: names that are masked are personal', async () => {
    const { principal } = await auth.createAccount('developer');
    expect((await read({ as: principal })).status).toBe(403);
  });

  it('answers 404 for an organisation that is gone', async () => {
    const { principal } = await auth.createAccount();
    expect((await read({ as: { ...principal, orgId: crypto.randomUUID() } })).status).toBe(404);
  });

  it('answers 401 without a principal', async () => {
    expect((await read({})).status).toBe(401);
  });
});
