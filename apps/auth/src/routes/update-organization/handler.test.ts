import { createdApiKey, type Principal } from '@aggregator/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../../keys/key-hasher.ts';
import { type Account, type AuthHarness, startAuth } from '../../testing/start-auth.ts';

const policy = { mode: 'mask', kinds: ['email'], names: ['Иван'] } as const;

describe('PATCH /v1/auth/organization', () => {
  let auth: AuthHarness;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());
  beforeEach(async () => {
    owner = await auth.createAccount();
  });

  const update = (body: unknown, as: Principal = owner.principal) =>
    auth.call('PATCH', '/v1/auth/organization', { as, body });
  const stored = () => auth.database.organization.findUniqueOrThrow({ where: { id: owner.principal.orgId } });
  const verify = async (key: string) =>
    (await auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body: { keySha256: sha256Hex(key) } })).body;
  const readEpoch = async () => (await auth.call('GET', '/internal/keys/epoch', { as: 'api-gateway' })).body;

  describe('200', () => {
    it('keeps what is to be masked, shows it, and takes it away again', async () => {
      const answer = await update({ privacy: policy });
      expect(answer).toMatchObject({ status: 200, body: { id: owner.principal.orgId, privacy: policy } });
      expect((await auth.call('GET', '/v1/auth/organization', { as: owner.principal })).body).toEqual(answer.body);
      expect((await update({ privacy: null })).body).toMatchObject({ privacy: null });
      expect(await stored()).toMatchObject({ privacy: null });
    });

    it.each([
      ['no own policy', undefined, policy],
      ['one that is off', { mode: 'off' }, policy],
      [
        'an own policy with more',
        { mode: 'mask', kinds: ['ip'], names: ['Ann'] },
        { mode: 'mask', kinds: ['email', 'ip'], names: ['Иван', 'Ann'] },
      ],
    ])('counts for every key, also for one with %s', async (_name, own, effective) => {
      const { key, privacy } = await auth.createKey(owner.principal, own === undefined ? {} : { privacy: own });
      await update({ privacy: policy });

      expect(await verify(key)).toMatchObject({ principal: { privacy: effective } });
      expect(privacy).toEqual(own ?? null);
    });

    it('lets no responses be stored, for every key and session of it', async () => {
      const { key } = await auth.createKey(owner.principal);
      expect(await verify(key)).not.toHaveProperty('principal.storesResponses');
      const answer = await update({ storesResponses: false });
      expect(answer).toMatchObject({ status: 200, body: { storesResponses: false, privacy: null } });
      expect(await verify(key)).toMatchObject({ principal: { storesResponses: false } });
      const byKey = { ...owner.principal, keyId: owner.principal.orgId };
      expect((await update({ storesResponses: true }, byKey)).status).toBe(403);
      expect((await update({ storesResponses: false }, byKey)).status).toBe(200);
      expect((await update({ storesResponses: true })).body).toMatchObject({ storesResponses: true });
      expect(
        await auth.database.auditEntry.count({
          where: { subjectId: owner.principal.orgId, action: 'organization_updated' },
        }),
      ).toBe(2);
    });

    it('allows keys of tags, which every verdict then names', async () => {
      const { key } = await auth.createKey(owner.principal);
      expect(await verify(key)).not.toHaveProperty('principal.tagKeys');
      const answer = await update({ tagKeys: ['project', 'release'] });
      expect(answer).toMatchObject({ status: 200, body: { tagKeys: ['project', 'release'] } });
      expect(await verify(key)).toMatchObject({ principal: { tagKeys: ['project', 'release'] } });
      for (const tagKeys of [['a', 'a'], ['no space'], Array.from({ length: 9 }, (_, index) => `k${index}`)]) {
        expect((await update({ tagKeys })).status).toBe(400);
      }
    });

    it.each([{ storesResponses: false }, { tagKeys: ['project'] }])('grows the epoch with %j (I3)', async (change) => {
      const epoch = await readEpoch();
      expect((await update(change)).status).toBe(200);
      expect(await readEpoch()).not.toEqual(epoch);
    });

    it('makes the gateways forget the organisation, and grows the epoch (I3)', async () => {
      const epoch = await readEpoch();
      await update({ privacy: policy });

      expect(auth.published.at(-1)).toEqual({ keySha256: [], all: false, organizationIds: [owner.principal.orgId] });
      expect(await readEpoch()).not.toEqual(epoch);
    });

    it('changes the policy also if no message reaches the gateways; they find it by the epoch (I3)', async () => {
      const epoch = await readEpoch();
      auth.channel.isDown = true;
      const answer = await update({ privacy: policy });
      auth.channel.isDown = false;

      expect(answer.status).toBe(200);
      expect(await readEpoch()).not.toEqual(epoch);
    });

    it('is audited once, without a word of what is masked, which is not logged either (I21)', async () => {
      const names = ['Private Name'];
      await update({ privacy: { mode: 'mask', names } });
      await update({ privacy: { names, mode: 'mask' } });

      const { orgId: subjectId, userId } = owner.principal;
      expect(await auth.database.auditEntry.findMany({ where: { subjectId, action: 'organization_updated' } })).toEqual(
        [
          expect.objectContaining({
            actorUserId: userId,
            actorKeyId: null,
            details: { fields: ['privacy'], isMasking: 'yes' },
          }),
        ],
      );
      expect(auth.readLog()).toContain('organization_updated');
      expect(auth.readLog()).not.toContain('Private Name');
    });

    it('changes nothing for an empty change', async () => {
      await update({ privacy: policy });
      const before = await stored();
      expect(await update({})).toMatchObject({ status: 200, body: { privacy: policy } });
      expect(await stored()).toEqual(before);
    });

    it('lets an API key add to what is masked', async () => {
      await update({ privacy: policy });
      const { id } = await auth.createKey(owner.principal);
      const more = { ...policy, kinds: ['email', 'ip'] };
      expect((await update({ privacy: more }, { ...owner.principal, keyId: id })).body).toMatchObject({
        privacy: more,
      });
    });
  });

  describe('400', () => {
    it.each(['name', 'id', 'createdAt', 'balance'])('refuses the field %s (I17)', async (field) => {
      expect((await update({ privacy: policy, [field]: 'x' })).body).toMatchObject({
        status: 400,
        code: 'unknown_field',
        param: field,
      });
      expect(await stored()).toMatchObject({ privacy: null });
    });

    it.each([
      ['privacy.kinds[0]', { mode: 'mask', kinds: ['secrets'] }],
      ['privacy.patterns[0]', { mode: 'mask', patterns: ['(a+)+$'] }],
      ['privacy.mode', { mode: 'sometimes' }],
    ])('refuses a wrong value of %s', async (param, privacy) => {
      expect((await update({ privacy })).body).toMatchObject({ status: 400, code: 'invalid_value', param });
    });

    it('refuses a policy that does not fit into one header with that of a key, and names the key', async () => {
      const names = (first: string) => Array.from({ length: 150 }, (_, at) => `${first}${at}`);
      const { id } = await auth.createKey(owner.principal, { privacy: { mode: 'mask', names: names('a') } });
      const tooLong = { privacy: { mode: 'mask', names: names('b') } };

      const answer = await update(tooLong);

      expect(answer.body).toMatchObject({ status: 400, code: 'invalid_value', param: 'privacy' });
      expect(answer.text).toContain(id);
      expect(await stored()).toMatchObject({ privacy: null });
      await auth.call('DELETE', `/v1/auth/api-keys/${id}`, { as: owner.principal });
      expect((await update(tooLong)).status).toBe(200);
      const refused = await auth.call('POST', '/v1/auth/api-keys', {
        as: owner.principal,
        body: { name: 'x', privacy: { mode: 'mask', names: names('a') } },
      });
      expect(refused.body).toMatchObject({ status: 400, code: 'invalid_value', param: 'privacy' });
    });
  });

  describe('403', () => {
    it.each([
      ['none', null],
      ['one that is off', { ...policy, mode: 'off' }],
      ['one without a name', { mode: 'mask', kinds: ['email'] }],
    ])('refuses an API key that would have less masked: %s (I17)', async (_name, privacy) => {
      await update({ privacy: policy });
      const { id } = createdApiKey.parse(await auth.createKey(owner.principal));

      const answer = await update({ privacy }, { ...owner.principal, keyId: id });

      expect(answer.body).toMatchObject({ status: 403, code: 'insufficient_permissions', param: 'privacy' });
      expect(await stored()).toMatchObject({ privacy: policy });
    });

    it('refuses who may not manage keys', async () => {
      const member = await auth.createAccount('developer');
      expect((await update({ privacy: policy }, member.principal)).status).toBe(403);
    });
  });

  it('answers 401 without a principal', async () => {
    expect((await auth.call('PATCH', '/v1/auth/organization', { body: {} })).status).toBe(401);
  });
});
