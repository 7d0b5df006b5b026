import { randomUUID } from 'node:crypto';
import { confirmedOrganization } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('GET /internal/organizations/{id}', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  const ask = (id: string, as?: 'billing' | 'proxy') =>
    auth.call('GET', `/internal/organizations/${id}`, as === undefined ? {} : { as });

  it('answers 200 for an organisation, in either spelling of its id', async () => {
    const { orgId } = (await auth.createAccount()).principal;
    for (const id of [orgId, orgId.toUpperCase()]) {
      const { status, body } = await ask(id, 'billing');
      expect(status).toBe(200);
      expect(confirmedOrganization.parse(body)).toEqual({ id: orgId });
    }
  });

  it('answers 404 for the id of a user, for an unknown id and for no id', async () => {
    const { userId } = (await auth.createAccount()).principal;
    for (const id of [userId, randomUUID(), '00000000-0000-0000-0000-000000000000', 'x']) {
      expect((await ask(id, 'billing')).status).toBe(404);
    }
  });

  it('answers 404 for an organisation that is deleted', async () => {
    const { orgId: id } = (await auth.createAccount()).principal;
    await auth.database.organization.update({ where: { id }, data: { deletedAt: new Date() } });
    expect((await ask(id, 'billing')).status).toBe(404);
  });

  it('answers 401 to any caller but billing', async () => {
    const { orgId } = (await auth.createAccount()).principal;
    expect((await ask(orgId)).status).toBe(401);
    expect((await ask(orgId, 'proxy')).status).toBe(401);
  });
});
