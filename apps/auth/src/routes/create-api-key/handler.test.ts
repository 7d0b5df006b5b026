import {
  apiKeyList,
  createdApiKey,
  isWellFormedApiKey,
  type Principal,
  type PrivacyPolicy,
} from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../keys/key-hasher.ts';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('POST /v1/auth/api-keys', () => {
  let auth: AuthHarness;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth();
    owner = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const create = (body: unknown, as = owner.principal) => auth.call('POST', '/v1/auth/api-keys', { as, body });
  const masked: PrivacyPolicy = { mode: 'mask', names: ['Иван'] };
  const asMaskedKey = async (): Promise<Principal> => {
    const { id } = await auth.createKey(owner.principal, { privacy: masked });
    return { ...owner.principal, keyId: id, privacy: masked };
  };

  describe('201', () => {
    it('answers the key itself, well-formed, with the default scopes and limits', async () => {
      const answer = await create({ name: 'first' });

      expect(answer.status).toBe(201);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      const { key, ...shown } = createdApiKey.parse(answer.body);
      expect(isWellFormedApiKey(key)).toBe(true);
      expect(shown).toMatchObject({
        name: 'first',
        prefix: key.slice(0, 13),
        last4: key.slice(-4),
        scopes: ['ai:invoke', 'billing:read', 'usage:read'],
        models: null,
        allowedIps: null,
        limits: { requestsPerMinute: 600, tokensPerMinute: null, concurrentRequests: 200 },
        expiresAt: null,
        revokedAt: null,
      });
    });

    it('keeps what the request restricts', async () => {
      const restrictions = {
        scopes: ['ai:invoke'],
        models: ['openai/gpt-4o-mini'],
        allowedIps: ['192.0.2.0/24', '2001:db8::1'],
        expiresAt: '2026-02-01T00:00:00.000Z',
      };
      const answer = await create({
        name: 'narrow',
        ...restrictions,
        limits: { requestsPerMinute: 5, tokensPerMinute: 10 },
      });

      expect(answer.body).toMatchObject({
        ...restrictions,
        limits: { requestsPerMinute: 5, tokensPerMinute: 10, concurrentRequests: 200 },
      });
    });

    it("binds a key whose owner asks for no limit by the installation's default", async () => {
      const limits = { requestsPerMinute: null, concurrentRequests: null };
      const created = createdApiKey.parse((await create({ name: 'unbound', limits })).body);
      expect(created.limits).toMatchObject({ requestsPerMinute: 600, concurrentRequests: 200 });

      const body = { keySha256: sha256Hex(created.key) };
      expect((await auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body })).body).toMatchObject({
        principal: {
          limits: { requestsPerMinute: 600, concurrentRequests: 200 },
          organizationLimits: { requestsPerMinute: 60_000, concurrentRequests: 2000 },
        },
      });
    });

    it('keeps what is to be masked, shows it in the list, and passes it to the gateway', async () => {
      const privacy: PrivacyPolicy = {
        mode: 'mask',
        kinds: ['email'],
        names: ['Иван Петров'],
        patterns: ['ДОГ-\\d{4}'],
      };
      const { id, key } = createdApiKey.parse((await create({ name: 'masked', privacy, cacheMarks: 'auto' })).body);
      const plain = createdApiKey.parse((await create({ name: 'unmasked' })).body);

      const { body } = await auth.call('GET', '/v1/auth/api-keys?limit=100', { as: owner.principal });
      const shown = new Map(apiKeyList.parse(body).data.map((row) => [row.id, row.privacy]));
      expect([shown.get(plain.id), shown.get(id)]).toEqual([null, privacy]);
      const verify = (keySha256: string) =>
        auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body: { keySha256 } });
      expect((await verify(sha256Hex(key))).body).toMatchObject({ principal: { privacy, cacheMarks: 'auto' } });
      expect((await verify(sha256Hex(plain.key))).text).not.toContain('privacy');
    });

    it('passes the masking of a creator on to the keys that it makes', async () => {
      const answer = await create({ name: 'masked child' }, await asMaskedKey());
      expect(answer.body).toMatchObject({ privacy: masked });
    });

    it("does not pass the organisation's policy on, which counts for every key as long as it is there", async () => {
      const { principal } = await auth.createAccount();
      const privacy = { mode: 'mask' as const, names: ['Пётр'] };
      await auth.call('PATCH', '/v1/auth/organization', { as: principal, body: { privacy } });
      const { id } = await auth.createKey(principal);
      for (const keyId of [null, id]) {
        const answer = await create({ name: 'child', privacy: { mode: 'off' } }, { ...principal, keyId, privacy });
        expect(answer.body).toMatchObject({ privacy: { mode: 'off' } });
        expect((await create({ name: 'child' }, { ...principal, keyId, privacy })).body).toMatchObject({
          privacy: null,
        });
      }
    });

    it('shows the key once: neither database nor log holds it, nor its plain hash (I5)', async () => {
      const { key, id } = createdApiKey.parse((await create({ name: 'canary' })).body);

      const row = await auth.database.apiKey.findUniqueOrThrow({ where: { id } });
      const digest = sha256Hex(key);
      const bytes = Buffer.concat([row.keyHmac, row.sealedSha256]);
      for (const dump of [
        JSON.stringify({ ...row, keyHmac: '', sealedSha256: '' }),
        bytes.toString('latin1'),
        auth.readLog(),
      ]) {
        expect(dump).not.toContain(key);
        expect(dump).not.toContain(digest);
      }
      expect(bytes.includes(Buffer.from(digest, 'hex'))).toBe(false);
    });

    it('leaves an audit entry and grows the epoch, in one transaction with the key (I21)', async () => {
      const before = await auth.database.keyEpoch.findUniqueOrThrow({ where: { id: 1 } });
      const { id } = createdApiKey.parse((await create({ name: 'audited' })).body);

      expect(await auth.database.auditEntry.findMany({ where: { subjectId: id } })).toEqual([
        expect.objectContaining({ action: 'api_key_created', actorUserId: owner.principal.userId, actorKeyId: null }),
      ]);
      const after = await auth.database.keyEpoch.findUniqueOrThrow({ where: { id: 1 } });
      expect(after.epoch).toBe(before.epoch + 1n);
    });

    it('leaves out default scopes that the creator lacks', async () => {
      const answer = await create({ name: 'less' }, { ...owner.principal, scopes: ['keys:manage', 'ai:invoke'] });
      expect(answer.body).toMatchObject({ scopes: ['ai:invoke'] });
    });

    it('passes the models of a limited creator on', async () => {
      const answer = await create({ name: 'child' }, { ...owner.principal, models: ['a', 'b'] });
      expect(answer.body).toMatchObject({ models: ['a', 'b'] });
    });

    it('answers also where the invalidation cannot be published', async () => {
      auth.channel.isDown = true;
      const answer = await create({ name: 'unheard' });
      auth.channel.isDown = false;

      expect(answer.status).toBe(201);
      expect(auth.readLog()).toContain('key_invalidation_not_published');
    });
  });

  describe('400', () => {
    it.each(['role', 'orgId', 'organizationId', 'userId', 'balance', 'allowed_routes', 'key'])(
      'refuses the field %s',
      async (field) => {
        const answer = await create({ name: 'x', [field]: 'x' });
        expect(answer.body).toMatchObject({ status: 400, code: 'unknown_field', param: field });
      },
    );

    it.each([
      ['scopes[0]', { scopes: ['*'] }],
      ['scopes', { scopes: [] }],
      ['allowedIps[0]', { allowedIps: ['10.0.0.0/33'] }],
      ['allowedOrigins[0]', { allowedOrigins: ['https://app.example.com/'] }],
      ['expiresAt', { expiresAt: '2025-12-31T23:59:59.000Z' }],
      ['limits.requestsPerMinute', { limits: { requestsPerMinute: -1 } }],
      ['limits.requestsPerMinute', { limits: { requestsPerMinute: 601 } }],
      ['limits.concurrentRequests', { limits: { concurrentRequests: 201 } }],
      ['privacy.kinds[0]', { privacy: { mode: 'mask', kinds: ['secrets'] } }],
      ['privacy.patterns[0]', { privacy: { mode: 'mask', patterns: ['(a+)+$'] } }],
    ])('refuses a wrong value of %s', async (param, fields) => {
      expect((await create({ name: 'x', ...fields })).body).toMatchObject({
        status: 400,
        code: 'invalid_value',
        param,
      });
    });
  });

  it('answers 401 without a principal', async () => {
    expect((await auth.call('POST', '/v1/auth/api-keys', { body: { name: 'x' } })).status).toBe(401);
  });

  describe('403', () => {
    it('refuses a scope that the creator lacks, and creates nothing (I17)', async () => {
      const answer = await create({ name: 'power', scopes: ['ai:invoke', 'providers:manage'] });

      expect(answer.body).toMatchObject({ status: 403, code: 'insufficient_permissions' });
      expect(await auth.database.apiKey.count({ where: { name: 'power' } })).toBe(0);
    });

    it('refuses a key with more models than its creator has (I17)', async () => {
      const limited = { ...owner.principal, models: ['a'] };
      expect((await create({ name: 'x', models: ['a', 'b'] }, limited)).status).toBe(403);
    });

    it.each([
      ['none', { mode: 'off' }],
      ['fewer kinds', { mode: 'mask', kinds: ['email'], names: ['Иван'] }],
      ['fewer names', { mode: 'mask', names: ['Пётр'] }],
    ])('refuses a key that masks less than its creator: %s (I17)', async (_name, privacy) => {
      const answer = await create({ name: 'x', privacy }, await asMaskedKey());
      expect(answer.body).toMatchObject({ status: 403, param: 'privacy' });
    });

    const narrow = {
      scopes: ['keys:manage', 'ai:invoke'],
      allowedIps: ['192.0.2.0/24'],
      models: ['a'],
      limits: { requestsPerMinute: 1 },
      expiresAt: '2026-02-01T00:00:00.000Z',
    };
    const asNarrowKey = async (): Promise<Principal> => {
      const { id } = await auth.createKey(owner.principal, narrow);
      return { ...owner.principal, keyId: id, scopes: ['keys:manage', 'ai:invoke'], models: ['a'] };
    };

    it.each([
      ['allowedIps', { allowedIps: ['0.0.0.0/0'] }],
      ['limits', { limits: { requestsPerMinute: 2 } }],
      ['expiresAt', { expiresAt: '2026-02-01T00:00:00.001Z' }],
      ['models', { models: ['a', 'b'] }],
      ['scopes', { scopes: ['profile:manage'] }],
    ])('rejects a key that is less restricted than the key that makes it: %s (I17)', async (param, wanted) => {
      const answer = await create({ name: 'wider', ...wanted }, await asNarrowKey());
      expect(answer.body).toMatchObject({ status: 403, code: 'insufficient_permissions', param });
      expect(await auth.database.apiKey.count({ where: { name: 'wider' } })).toBe(0);
    });

    it('restricts a key as its maker is when the request leaves it out, and records the maker (I17)', async () => {
      const maker = await asNarrowKey();
      const answer = await create({ name: 'child', limits: { requestsPerMinute: null } }, maker);
      const { scopes: _scopes, ...restrictions } = narrow;
      expect(answer.body).toMatchObject({ ...restrictions, createdByKeyId: maker.keyId });
    });

    it('rejects a maker that was revoked after the gateway had asked (I3)', async () => {
      const maker = await asNarrowKey();
      await auth.call('DELETE', `/v1/auth/api-keys/${maker.keyId}`, { as: owner.principal });
      expect((await create({ name: 'late' }, maker)).status).toBe(401);
    });

    it('refuses a creator who may not manage keys', async () => {
      const member = await auth.createAccount('viewer');
      expect((await create({ name: 'x' }, member.principal)).status).toBe(403);
    });
  });

  it('answers 409 when the organisation has 1000 keys', async () => {
    const { principal } = await auth.createAccount();
    const first = await auth.createKey(principal);
    const row = await auth.database.apiKey.findUniqueOrThrow({ where: { id: first.id } });
    await auth.database.$executeRaw`
      INSERT INTO "api_key" ("id", "organization_id", "user_id", "name", "key_hmac", "pepper_version", "sealed_sha256",
        "prefix", "last_4", "scopes", "limits", "created_at")
      SELECT gen_random_uuid(), ${row.organizationId}::uuid, ${row.userId}::uuid, 'filler', sha256(n::text::bytea), 'x', '',
        'x', 'x', '{ai:invoke}', '{}', now() FROM generate_series(1, 999) AS n`;

    expect((await create({ name: 'one too many' }, principal)).body).toMatchObject({ status: 409, code: 'conflict' });
  });
});
