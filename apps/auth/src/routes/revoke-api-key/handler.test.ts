import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../keys/key-hasher.ts';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

describe('DELETE /v1/auth/api-keys/{id}', () => {
  let auth: AuthHarness;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth();
    owner = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const revoke = (id: string, as = owner.principal) => auth.call('DELETE', `/v1/auth/api-keys/${id}`, { as });
  const verify = async (key: string) =>
    (await auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body: { keySha256: sha256Hex(key) } })).body;
  const readEpoch = async () => (await auth.call('GET', '/internal/keys/epoch', { as: 'api-gateway' })).body;

  describe('204', () => {
    it('makes the key invalid, tells the gateways which one, and grows the epoch (I3)', async () => {
      const { id, key } = await auth.createKey(owner.principal);
      expect(await verify(key)).toMatchObject({ valid: true });
      const epoch = await readEpoch();

      expect((await revoke(id)).status).toBe(204);

      expect(await verify(key)).toEqual({ valid: false });
      expect(auth.published.at(-1)).toEqual({ keySha256: [sha256Hex(key)], all: false });
      expect(await readEpoch()).not.toEqual(epoch);
    });

    it('revokes also where the gateways cannot be told; they find out by the epoch (I3)', async () => {
      const { id, key } = await auth.createKey(owner.principal);
      const epoch = await readEpoch();

      auth.channel.isDown = true;
      const answer = await revoke(id);
      auth.channel.isDown = false;

      expect(answer.status).toBe(204);
      expect(await verify(key)).toEqual({ valid: false });
      expect(await readEpoch()).not.toEqual(epoch);
    });

    it('tells the gateways to forget everything where the hash of the key cannot be read any more', async () => {
      const { id } = await auth.createKey(owner.principal);
      await auth.database.apiKey.update({ where: { id }, data: { pepperVersion: 'gone' } });

      expect((await revoke(id)).status).toBe(204);

      expect(auth.published.at(-1)).toEqual({ keySha256: [], all: true });
    });

    it('is audited once, however often it is asked for (I21)', async () => {
      const { id } = await auth.createKey(owner.principal);
      const answers = await Promise.all(Array.from({ length: 5 }, () => revoke(id)));

      expect(answers.map(({ status }) => status)).toEqual([204, 204, 204, 204, 204]);
      expect(await auth.database.auditEntry.count({ where: { subjectId: id, action: 'api_key_revoked' } })).toBe(1);
    });
  });

  describe('403', () => {
    it('refuses who may not manage keys', async () => {
      const { id } = await auth.createKey(owner.principal);
      expect((await revoke(id, { ...owner.principal, scopes: ['ai:invoke'] })).status).toBe(403);
    });
  });

  describe('404', () => {
    it("answers a stranger's key as one that does not exist, and leaves it alone (I17)", async () => {
      const stranger = await auth.createAccount('admin');
      const { id, key } = await auth.createKey(owner.principal);

      const theirs = await revoke(id, stranger.principal);
      const nobodys = await revoke(crypto.randomUUID(), stranger.principal);

      expect(theirs.status).toBe(404);
      expect(theirs.text).toBe(nobodys.text);
      expect(await verify(key)).toMatchObject({ valid: true });
      expect(
        await auth.database.auditEntry.count({
          where: { organizationId: stranger.principal.orgId, subjectType: 'api_key' },
        }),
      ).toBe(0);
    });

    it('answers for what is no id', async () => {
      expect((await revoke("x'%20OR%201=1")).status).toBe(404);
    });
  });
});
