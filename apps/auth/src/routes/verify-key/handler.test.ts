import { createdApiKey, keyVerdict } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../keys/key-hasher.ts';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('POST /internal/keys/verify', () => {
  let auth: AuthHarness;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth({ DEFAULT_CONCURRENT_REQUESTS: 'none', DEFAULT_TOKENS_PER_MINUTE: '5000' });
    owner = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const verify = async (keySha256: unknown) =>
    auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body: { keySha256 } });

  describe('200', () => {
    it("answers the key's principal, with the installation's limits where it has none", async () => {
      const { id, key } = await auth.createKey(owner.principal, { limits: { requestsPerMinute: 9 } });

      const verdict = keyVerdict.parse((await verify(sha256Hex(key))).body);

      expect(verdict).toEqual({
        valid: true,
        principal: {
          orgId: owner.principal.orgId,
          userId: owner.principal.userId,
          keyId: id,
          scopes: ['ai:invoke', 'billing:read', 'usage:read'],
          models: null,
          limits: { requestsPerMinute: 9, tokensPerMinute: 5000, concurrentRequests: null },
          organizationLimits: { requestsPerMinute: 60_000, tokensPerMinute: 500_000, concurrentRequests: null },
        },
        expiresAt: null,
        allowedIps: null,
      });
    });

    it('returns the origins that the key is bound to, also after a rotation', async () => {
      const allowedOrigins = ['https://app.example.com'];
      const { id } = await auth.createKey(owner.principal, { allowedOrigins });
      const rotated = await auth.call('POST', `/v1/auth/api-keys/${id}/rotate`, { as: owner.principal, body: {} });
      const { key } = createdApiKey.parse(rotated.body);

      expect((await verify(sha256Hex(key))).body).toMatchObject({ valid: true, allowedOrigins });
    });

    it('answers single addresses as CIDR ranges', async () => {
      const { key } = await auth.createKey(owner.principal, { allowedIps: ['192.0.2.1', '2001:db8::1', '10.0.0.0/8'] });
      expect((await verify(sha256Hex(key))).body).toMatchObject({
        allowedIps: ['192.0.2.1/32', '2001:db8::1/128', '10.0.0.0/8'],
      });
    });

    it('answers the same for a key that is unknown, revoked or expired', async () => {
      const revoked = await auth.createKey(owner.principal);
      await auth.call('DELETE', `/v1/auth/api-keys/${revoked.id}`, { as: owner.principal });
      const expiresAt = new Date(auth.clock.now() + 1000).toISOString();
      const expired = await auth.createKey(owner.principal, { expiresAt });
      expect((await verify(sha256Hex(expired.key))).body).toMatchObject({ valid: true, expiresAt });
      auth.clock.advance(1000);

      const answers = await Promise.all(
        [sha256Hex(revoked.key), sha256Hex(expired.key), '0'.repeat(64)].map((hash) => verify(hash)),
      );

      expect(new Set(answers.map(({ text }) => text))).toEqual(new Set(['{"valid":false}']));
    });

    it('takes scopes away with the role that gave them, and grows the epoch', async () => {
      const admin = await auth.createAccount('operator');
      const { key } = await auth.createKey(admin.principal, { scopes: ['ai:invoke', 'providers:manage'] });
      const { epoch } = await auth.database.keyEpoch.findUniqueOrThrow({ where: { id: 1 } });

      await auth.database.user.update({ where: { email: admin.email }, data: { isOperator: false } });

      expect((await verify(sha256Hex(key))).body).toMatchObject({ valid: true, principal: { scopes: ['ai:invoke'] } });
      expect(await auth.database.keyEpoch.findUnique({ where: { id: 1 } })).toEqual({ id: 1, epoch: epoch + 1n });
    });
  });

  it.each(['', 'A'.repeat(64), '0'.repeat(63), 7, null])('answers 400 for the hash %j', async (hash) => {
    expect((await verify(hash)).body).toMatchObject({ status: 400, code: 'invalid_value', param: 'keySha256' });
  });

  it.each(['proxy', 'billing'] as const)('answers 401 to %s, and to a principal', async (as) => {
    const body = { keySha256: '0'.repeat(64) };
    expect((await auth.call('POST', '/internal/keys/verify', { as, body })).status).toBe(401);
    expect((await auth.call('POST', '/internal/keys/verify', { as: owner.principal, body })).status).toBe(401);
  });
});
