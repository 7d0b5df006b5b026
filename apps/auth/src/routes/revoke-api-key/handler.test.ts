import { createdApiKey } from '@aggregator/contracts';
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
    it('makes the key invalid, names it to the gateways, and grows the epoch (I3)', async () => {
      const { id, key } = await auth.createKey(owner.principal);
      expect(await verify(key)).toMatchObject({ valid: true });
      const epoch = await readEpoch();

      expect((await revoke(id)).status).toBe(204);

      expect(await verify(key)).toEqual({ valid: false });
      expect(auth.published.at(-1)).toEqual({ keySha256: [sha256Hex(key)], all: false });
      expect(await readEpoch()).not.toEqual(epoch);
    });

    it('revokes also if no message reaches the gateways; they find it by the epoch (I3)', async () => {
      const { id, key } = await auth.createKey(owner.principal);
      const epoch = await readEpoch();

      auth.channel.isDown = true;
      const answer = await revoke(id);
      auth.channel.isDown = false;

      expect(answer.status).toBe(204);
      expect(await verify(key)).toEqual({ valid: false });
      expect(await readEpoch()).not.toEqual(epoch);
    });

    it('makes the gateways forget everything if the hash of the key cannot be read any more', async () => {
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

  describe('keys that the key made', () => {
    const makeFamily = async () => {
      const child = async (keyId: string) => auth.createKey({ ...owner.principal, keyId });
      const maker = await auth.createKey(owner.principal, { scopes: ['keys:manage', 'ai:invoke'] });
      const made = await child(maker.id);
      const grandchild = await child(made.id);
      return { maker, made, grandchild, other: await auth.createKey(owner.principal) };
    };

    it('are revoked with it, and each is audited (I3, I21)', async () => {
      const { maker, made, grandchild, other } = await makeFamily();

      expect((await revoke(maker.id)).status).toBe(204);

      for (const { key } of [maker, made, grandchild]) expect(await verify(key)).toEqual({ valid: false });
      expect(await verify(other.key)).toMatchObject({ valid: true });
      expect(auth.published.at(-1)).toMatchObject({ organizationIds: [owner.principal.orgId] });
      const audited = { action: 'api_key_revoked', subjectId: { in: [maker.id, made.id, grandchild.id] } };
      expect(await auth.database.auditEntry.count({ where: audited })).toBe(3);
    });

    it('are revoked with the key that rotation put in the place of their maker', async () => {
      const { maker, made } = await makeFamily();
      const rotated = await auth.call('POST', `/v1/auth/api-keys/${maker.id}/rotate`, { as: owner.principal });
      const successor = createdApiKey.parse(rotated.body);

      await revoke(successor.id);

      expect(await verify(made.key)).toEqual({ valid: false });
    });

    it('include one that it put in its own place, and not the one that it replaced (I3)', async () => {
      const { maker: stolen } = await makeFamily();
      const rotateSelf = async (id: string) => {
        const as = { ...owner.principal, keyId: id };
        return createdApiKey.parse(
          (await auth.call('POST', `/v1/auth/api-keys/${id}/rotate?overlapSeconds=86400`, { as })).body,
        );
      };
      const second = await rotateSelf(stolen.id);
      const third = await rotateSelf(second.id);

      await revoke(third.id);
      for (const { key } of [stolen, second]) expect(await verify(key)).toMatchObject({ valid: true });

      await revoke(`${stolen.id}?kill=true`);
      for (const { key } of [stolen, second, third]) expect(await verify(key)).toEqual({ valid: false });
      expect(auth.published.at(-1)?.cut?.keyIds).toEqual(expect.arrayContaining([second.id, third.id]));
    });

    it('are cut also if more of them than a message can name were revoked long ago (I3)', async () => {
      const { maker, made, grandchild } = await makeFamily();
      const row = await auth.database.apiKey.findUniqueOrThrow({ where: { id: made.id } });
      const {
        models: _models,
        allowedIps: _ips,
        allowedOrigins: _origins,
        privacy: _privacy,
        limits: _limits,
        ...copied
      } = row;
      const past = new Date('2020-01-01T00:00:00Z');
      await auth.database.apiKey.createMany({
        data: Array.from({ length: 1100 }, () => ({
          ...copied,
          ...{ id: crypto.randomUUID(), keyHmac: crypto.getRandomValues(new Uint8Array(32)) },
          ...{ limits: {}, revokedAt: past },
        })),
      });

      await revoke(`${maker.id}?kill=true`);

      expect(auth.published.at(-1)?.cut?.keyIds).toHaveLength(1000);
      expect(auth.published.at(-1)?.cut?.keyIds).toEqual(expect.arrayContaining([maker.id, made.id, grandchild.id]));
    });

    it('stay with cascade=false', async () => {
      const { maker, made } = await makeFamily();
      expect((await revoke(`${maker.id}?cascade=false`)).status).toBe(204);
      expect(await verify(maker.key)).toEqual({ valid: false });
      expect(await verify(made.key)).toMatchObject({ valid: true });

      await revoke(maker.id);
      expect(await verify(made.key)).toEqual({ valid: false });
    });

    it('are cut with it, also when they were revoked before: kill=true names every one (I3)', async () => {
      const { maker, made, grandchild } = await makeFamily();
      await revoke(maker.id);
      expect(auth.published.at(-1)?.cut).toBeUndefined();

      expect((await revoke(`${maker.id}?kill=true`)).status).toBe(204);

      const { cut } = auth.published.at(-1) ?? {};
      expect(cut).toMatchObject({ userIds: [], organizationIds: [] });
      expect(new Set(cut?.keyIds)).toEqual(new Set([maker.id, made.id, grandchild.id]));
    });
  });

  it.each([
    ['invalid_value', 'kill=yes'],
    ['invalid_value', 'kill'],
    ['invalid_value', 'kill=true&kill=false'],
    ['invalid_value', 'cascade=1'],
    ['unknown_field', 'force=true'],
  ])('answers 400 %s to the query %s, and revokes nothing', async (code, query) => {
    const { id, key } = await auth.createKey(owner.principal);
    expect((await revoke(`${id}?${query}`)).body).toMatchObject({ status: 400, code });
    expect(await verify(key)).toMatchObject({ valid: true });
  });

  describe('403', () => {
    it('refuses who may not manage keys', async () => {
      const { id } = await auth.createKey(owner.principal);
      expect((await revoke(id, { ...owner.principal, scopes: ['ai:invoke'] })).status).toBe(403);
    });
  });

  describe('404', () => {
    it("answers a stranger's key as one that does not exist, and leaves it alone (I17)", async () => {
      const stranger = await auth.createAccount('operator');
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
