import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('PUT /v1/users/profile', () => {
  let auth: AuthHarness;
  let account: Account;
  beforeAll(async () => {
    auth = await startAuth();
    account = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const update = (body: unknown, as = account.principal) => auth.call('PUT', '/v1/users/profile', { as, body });
  const stored = () => auth.database.user.findUniqueOrThrow({ where: { email: account.email } });

  it('answers 200, changes the name and leaves an audit entry without it', async () => {
    const answer = await update({ name: '  Countess  ' });

    expect(answer.body).toMatchObject({ name: 'Countess', email: account.email });
    expect(await stored()).toMatchObject({ name: 'Countess' });
    const entries = await auth.database.auditEntry.findMany({ where: { action: 'profile_updated' } });
    expect(entries).toEqual([
      expect.objectContaining({ actorUserId: account.principal.userId, details: { fields: ['name'] } }),
    ]);
  });

  it('answers 200 and changes nothing for an empty change', async () => {
    const before = await stored();
    expect((await update({})).status).toBe(200);
    expect(await stored()).toEqual(before);
  });

  it.each(['role', 'orgId', 'organizationId', 'balance', 'email', 'emailVerified', 'scopes', 'id'])(
    'answers 400 for the field %s and changes nothing (I17)',
    async (field) => {
      const before = await stored();

      const answer = await update({ name: 'Root', [field]: 'admin' });

      expect(answer.body).toMatchObject({ status: 400, code: 'unknown_field', param: field });
      expect(await stored()).toEqual(before);
    },
  );

  it('answers 400 for an empty name', async () => {
    expect((await update({ name: ' ' })).body).toMatchObject({ status: 400, code: 'invalid_value', param: 'name' });
  });

  it('answers 403 to a key without the scope', async () => {
    expect((await update({ name: 'x' }, { ...account.principal, scopes: ['ai:invoke'] })).status).toBe(403);
  });
});
