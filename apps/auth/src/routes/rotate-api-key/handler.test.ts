import { createdApiKey } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../keys/key-hasher.ts';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('POST /v1/auth/api-keys/{id}/rotate', () => {
  let auth: AuthHarness;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth();
    owner = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const rotate = (id: string, query = '', as = owner.principal) =>
    auth.call('POST', `/v1/auth/api-keys/${id}/rotate${query}`, { as });
  const verify = async (key: string) =>
    (await auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body: { keySha256: sha256Hex(key) } })).body;

  describe('201', () => {
    it('answers a new key with the same rights and ends the old one at once', async () => {
      const { key: oldKey, ...old } = await auth.createKey(owner.principal, {
        name: 'service',
        scopes: ['ai:invoke'],
        models: ['m'],
        allowedIps: ['192.0.2.1'],
        limits: { tokensPerMinute: 7 },
      });

      const answer = await rotate(old.id);

      expect(answer.status).toBe(201);
      const { key, id, ...rest } = createdApiKey.parse(answer.body);
      const { name, scopes, models, allowedIps, limits, expiresAt } = old;
      expect(rest).toMatchObject({ name, scopes, models, allowedIps, limits, expiresAt });
      expect(id).not.toBe(old.id);
      expect(await verify(oldKey)).toEqual({ valid: false });
      expect(await verify(key)).toMatchObject({ valid: true, principal: { keyId: id, models: ['m'] } });
      expect(auth.published.at(-1)).toEqual({ keySha256: [sha256Hex(oldKey), sha256Hex(key)], all: false });
    });

    it('lets both keys work for the overlap, and the gateway know its end', async () => {
      const old = await auth.createKey(owner.principal);
      const { key } = createdApiKey.parse((await rotate(old.id, '?overlapSeconds=3600')).body);

      const end = new Date(auth.clock.now() + 3_600_000).toISOString();
      expect(await verify(old.key)).toMatchObject({ valid: true, expiresAt: end });
      auth.clock.advance(3_600_000);
      expect(await verify(old.key)).toEqual({ valid: false });
      expect(await verify(key)).toMatchObject({ valid: true, expiresAt: null });
    });

    it('never prolongs the life of either key', async () => {
      const expiresAt = new Date(auth.clock.now() + 60_000).toISOString();
      const old = await auth.createKey(owner.principal, { expiresAt });

      const rotated = createdApiKey.parse((await rotate(old.id, '?overlapSeconds=86400')).body);

      expect(await verify(old.key)).toMatchObject({ expiresAt });
      expect(rotated.expiresAt).toBe(expiresAt);
    });

    it('gives one successor to many requests at once', async () => {
      const old = await auth.createKey(owner.principal);
      const answers = await Promise.all(Array.from({ length: 20 }, () => rotate(old.id, '?overlapSeconds=60')));

      expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 409)).toHaveLength(19);
    });

    it('leaves an audit entry that names the successor (I21)', async () => {
      const old = await auth.createKey(owner.principal);
      const { id } = createdApiKey.parse((await rotate(old.id)).body);

      const entry = await auth.database.auditEntry.findFirst({
        where: { subjectId: old.id, action: 'api_key_rotated' },
      });
      expect(entry?.details).toEqual({ replacedBy: id, overlapSeconds: 0 });
    });
  });

  it.each(['?overlapSeconds=86401', '?overlapSeconds=-1', '?overlapSeconds=1e3'])(
    'answers 400 for %s',
    async (query) => {
      const { id } = await auth.createKey(owner.principal);
      expect((await rotate(id, query)).body).toMatchObject({
        status: 400,
        code: 'invalid_value',
        param: 'overlapSeconds',
      });
    },
  );

  it('answers 403 for a key that holds more than who rotates it (I17)', async () => {
    const { id } = await auth.createKey(owner.principal, { scopes: ['billing:read'] });
    expect((await rotate(id, '', { ...owner.principal, scopes: ['keys:manage'] })).status).toBe(403);
  });

  it('answers 403 to a key that masks more than the one that it rotates (I17)', async () => {
    const { id } = await auth.createKey(owner.principal);
    const masked = await auth.createKey(owner.principal, { privacy: { mode: 'mask' } });
    const answer = await rotate(id, '', { ...owner.principal, keyId: masked.id });
    expect(answer.body).toMatchObject({ status: 403, param: 'privacy' });
  });

  it.each([
    ['allowedIps', { allowedIps: ['192.0.2.1'] }],
    ['limits', { limits: { concurrentRequests: 1 } }],
    ['expiresAt', { expiresAt: '2027-02-01T00:00:00Z' }],
  ])(
    'answers 403 to a key that is more restricted than the one that it rotates: %s (I17)',
    async (param, restriction) => {
      const { id } = await auth.createKey(owner.principal);
      const narrow = await auth.createKey(owner.principal, restriction);
      const answer = await rotate(id, '', { ...owner.principal, keyId: narrow.id });
      expect(answer.body).toMatchObject({ status: 403, param });
      expect((await rotate(narrow.id, '', { ...owner.principal, keyId: narrow.id })).status).toBe(201);
    },
  );

  it("answers 404 for a stranger's key (I17)", async () => {
    const { id } = await auth.createKey(owner.principal);
    expect((await rotate(id, '', (await auth.createAccount()).principal)).status).toBe(404);
  });

  it('answers 409 for a key that the operator blocked: a new one in its place would not be blocked (I3)', async () => {
    const { id } = await auth.createKey(owner.principal);
    await auth.database.apiKey.update({ where: { id }, data: { blockedAt: new Date() } });
    expect((await rotate(id)).body).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('answers 409 for a revoked key', async () => {
    const { id } = await auth.createKey(owner.principal);
    await auth.call('DELETE', `/v1/auth/api-keys/${id}`, { as: owner.principal });
    expect((await rotate(id)).body).toMatchObject({ status: 409, code: 'conflict' });
  });
});
