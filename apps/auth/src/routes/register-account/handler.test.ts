import { registerAnswer } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('POST /v1/auth/register', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  const register = (body: unknown, address?: string) =>
    auth.call('POST', '/v1/auth/register', { as: 'api-gateway', body, ...(address === undefined ? {} : { address }) });
  const ada = { email: 'Ada@Example.com', password: 'correct horse', name: ' Ada ', organization: 'Engines' };

  describe('201', () => {
    it('creates an organisation and its owner, under the address in lower case', async () => {
      const answer = await register(ada);

      expect(answer.status).toBe(201);
      const { user, organization } = registerAnswer.parse(answer.body);
      expect(user).toMatchObject({ email: 'ada@example.com', name: 'Ada', role: 'owner' });
      expect(organization).toMatchObject({ id: user.organizationId, name: 'Engines' });
    });

    it('stores the password as argon2id only, and shows it nowhere', async () => {
      const answer = await register({ ...ada, email: 'grace@example.com', password: 'canary-password-1' });

      const { passwordHash } = await auth.database.user.findUniqueOrThrow({ where: { email: 'grace@example.com' } });
      expect(passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      expect(answer.text).not.toMatch(/canary|argon2/);
      expect(auth.readLog()).not.toMatch(/canary|argon2/);
    });

    it('leaves one audit entry that names the owner (I21)', async () => {
      const answer = await register({ ...ada, email: 'audited@example.com' });

      const { user, organization } = registerAnswer.parse(answer.body);
      const entries = await auth.database.auditEntry.findMany({ where: { organizationId: organization.id } });
      expect(entries).toEqual([
        expect.objectContaining({
          action: 'organization_registered',
          actorUserId: user.id,
          subjectId: organization.id,
        }),
      ]);
    });
  });

  describe('400', () => {
    it.each(['role', 'orgId', 'organizationId', 'balance', 'balanceNanoUsd', 'emailVerified', 'scopes'])(
      'refuses the field %s and creates nothing',
      async (field) => {
        const answer = await register({ ...ada, email: 'mallory@example.com', [field]: 'admin' });

        expect(answer.status).toBe(400);
        expect(answer.body).toMatchObject({ code: 'unknown_field', param: field });
        expect(await auth.database.user.count({ where: { email: 'mallory@example.com' } })).toBe(0);
      },
    );

    it.each([
      ['email', { ...ada, email: 'not an address' }],
      ['password', { ...ada, password: 'too short' }],
      ['password', { ...ada, password: 'x'.repeat(257) }],
      ['name', { ...ada, name: '   ' }],
    ])('names the field %s where its value is not allowed', async (param, body) => {
      expect((await register(body)).body).toMatchObject({ status: 400, code: 'invalid_value', param });
    });
  });

  describe('401', () => {
    it.each([undefined, 'proxy'] as const)('refuses the caller %s', async (as) => {
      const answer = await auth.call('POST', '/v1/auth/register', { body: ada, ...(as === undefined ? {} : { as }) });
      expect(answer.body).toMatchObject({ status: 401, code: 'invalid_peer' });
    });
  });

  describe('409', () => {
    it('refuses an address that has an account, however it is written', async () => {
      await register({ ...ada, email: 'twice@example.com' });

      expect((await register({ ...ada, email: 'TWICE@example.com' })).body).toMatchObject({
        status: 409,
        code: 'email_taken',
      });
    });

    it('creates one account for many requests at once, and no organisation beside it', async () => {
      const body = { ...ada, email: 'race@example.com', organization: 'Race' };
      const answers = await Promise.all(Array.from({ length: 6 }, () => register(body)));

      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409]);
      expect(await auth.database.organization.count({ where: { name: 'Race' } })).toBe(1);
    });
  });

  describe('429', () => {
    it('slows down an address that registers too often, and only that one', async () => {
      const attempt = (address: string) => register({ ...ada, email: 'twice@example.com' }, address);
      const answers = await Promise.all(Array.from({ length: 101 }, () => attempt('198.51.100.7')));

      expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
      expect((await attempt('198.51.100.8')).status).toBe(409);
    });
  });
});
