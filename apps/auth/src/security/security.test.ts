import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { type Principal, type SecurityEvent, securityEventList } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../keys/key-hasher.ts';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';

const secret = 's'.repeat(40);
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const spki = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const dayMs = 86_400_000;

describe('security events', () => {
  let auth: AuthHarness;
  let account: Account;
  let owner: Principal;
  beforeAll(async () => {
    auth = await startAuth({
      ...{ LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000', LOGIN_ATTEMPTS_PER_MINUTE: '1000' },
      ...{ LEAK_REPORT_SECRET: secret, LEAK_REPORT_PUBLIC_KEYS: `scanner1:${spki}` },
    });
  });
  beforeEach(async () => {
    account = await auth.createAccount();
    owner = { ...account.principal, sessionId: randomUUID() };
    auth.mails.length = 0;
  });
  afterAll(() => auth.stop());

  const list = async (query = '', as: Principal = owner): Promise<SecurityEvent[]> =>
    securityEventList.parse((await auth.call('GET', `/v1/auth/security-events${query}`, { as })).body).data;
  const waitForEvents = async (count: number) => {
    await waitFor(async () => (await list()).length >= count, { describe: `${count} events` });
    return await list();
  };
  const see = (keyId: string, addresses: string[], requests = 1) =>
    auth.call('POST', '/internal/keys/sightings', {
      as: 'api-gateway',
      body: { keys: [{ keyId, organizationId: owner.orgId, addresses, requests }], rejected: [] },
    });

  describe('a leaked key', () => {
    const report = (tokens: string[], headers: (text: string) => Record<string, string>) => {
      const body = tokens.map((token) => ({ token, type: 'agk', url: 'https://github.com/x', source: 'content' }));
      return auth.call('POST', '/v1/auth/leaked-keys', {
        as: 'api-gateway',
        body,
        headers: headers(JSON.stringify(body)),
      });
    };
    const byGitHub = (text: string) => ({
      'github-public-key-identifier': 'scanner1',
      'github-public-key-signature': sign('sha256', Buffer.from(text), privateKey).toString('base64'),
    });
    const bySecret = (text: string, key = secret, seconds = Math.floor(auth.clock.now() / 1000)) => ({
      'x-aggregator-signature': `t=${seconds},v1=${createHmac('sha256', key).update(`${seconds}.${text}`).digest('hex')}`,
    });

    it.each([
      ["GitHub's form", byGitHub],
      ['an own secret', bySecret],
    ])(
      'that is reported in %s is revoked with what it made, once, with a mail to the owner (I21)',
      async (_form, headers) => {
        const key = await auth.createKey(owner, { scopes: ['keys:manage', 'ai:invoke'] });
        const child = await auth.createKey({ ...account.principal, keyId: key.id, scopes: key.scopes });
        const answer = await report([key.key, 'no key'], headers);

        expect(answer.body).toEqual([
          { token_raw: key.key, token_type: 'agk', label: 'true_positive' },
          { token_raw: 'no key', token_type: 'agk', label: 'false_positive' },
        ]);
        for (const { id } of [key, child]) {
          expect(await auth.database.apiKey.findUnique({ where: { id } })).toMatchObject({
            revokedAt: expect.any(Date),
          });
        }
        expect(await list()).toMatchObject([{ type: 'key.leaked', severity: 'critical', subjectId: key.id, count: 1 }]);
        await waitFor(async () => auth.mails.some(({ to }) => to === account.email), { describe: 'the mail' });
        expect(auth.mails.at(-1)?.subject).toContain('key.leaked');
        expect(auth.published.at(-1)).toMatchObject({ cut: { keyIds: expect.arrayContaining([key.id, child.id]) } });

        expect((await report([key.key], headers)).body).toMatchObject([{ label: 'true_positive' }]);
        expect(await list()).toMatchObject([{ count: 1 }]);
        expect(auth.readLog()).not.toContain(key.key);
      },
    );

    it.each<[string, (text: string) => Record<string, string>]>([
      ['no signature', () => ({})],
      ['a false secret', (text) => bySecret(text, 'x'.repeat(40))],
      ['an old time', (text) => bySecret(text, secret, Math.floor(auth.clock.now() / 1000) - 301)],
      ['another body', () => byGitHub('[]')],
      ['an unknown key', (text) => ({ ...byGitHub(text), 'github-public-key-identifier': 'other' })],
    ])('stays as it is for %s', async (_what, headers) => {
      const key = await auth.createKey(owner);
      expect(await report([key.key], headers)).toMatchObject({ status: 401, body: { code: 'invalid_signature' } });
      expect(await auth.database.apiKey.findUnique({ where: { id: key.id } })).toMatchObject({ revokedAt: null });
    });
  });

  it('name a key that is used from a network that it was never used from, once a day', async () => {
    const { id } = await auth.createKey(owner);
    await see(id, ['192.0.2.1']);
    await see(id, ['198.51.100.1']);
    expect(await list()).toEqual([]);
    auth.clock.advance(dayMs);
    await see(id, ['192.0.77.5', '2001:db8:1:2::/64']);
    await see(id, ['203.0.113.9']);

    expect(await list()).toMatchObject([
      { type: 'key.new_address', severity: 'medium', subjectId: id, subjectName: 'key', count: 2 },
    ]);
    const audit = await auth.database.auditEntry.findMany({ where: { action: 'security_event', subjectId: id } });
    expect(audit).toHaveLength(1);
  });

  it('name a key that makes many requests after 30 days without one', async () => {
    const { id } = await auth.createKey(owner);
    await see(id, ['192.0.2.1']);
    auth.clock.advance(30 * dayMs);
    await see(id, ['192.0.2.1'], 59);
    expect(await list()).toEqual([]);
    auth.clock.advance(30 * dayMs);
    await see(id, ['203.0.113.1'], 60);

    expect((await list()).map(({ type, severity }) => `${type} ${severity}`).sort()).toEqual([
      'key.burst_after_silence medium',
      'key.new_address high',
    ]);
  });

  it('name a revoked key that is still used, after the time that a program may need to stop', async () => {
    const { id, key } = await auth.createKey(owner);
    await auth.call('DELETE', `/v1/auth/api-keys/${id}`, { as: owner });
    const body = { keySha256: sha256Hex(key) };
    const verify = () => auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body });
    await verify();
    auth.clock.advance(10 * 60_000);
    await verify();

    expect(await waitForEvents(1)).toMatchObject([{ type: 'key.rejected_use', severity: 'low', count: 1 }]);
  });

  it('name an account whose password is guessed, and one where a guess succeeds', async () => {
    const logIn = (password: string) =>
      auth.call('POST', '/v1/auth/login', { as: 'api-gateway', body: { email: account.email, password } });
    for (let count = 0; count < 9; count += 1) await logIn('wrong');
    expect((await logIn('wrong')).status).toBe(401);
    expect(await waitForEvents(1)).toMatchObject([{ type: 'login.failures', subjectId: owner.userId }]);
    expect((await logIn(account.password)).status).toBe(200);

    // Both happen in one millisecond of the test's clock, so that their order is free.
    expect((await waitForEvents(2)).map(({ type, severity }) => `${type} ${severity}`).sort()).toEqual([
      'login.failures medium',
      'login.success_after_failures high',
    ]);
  });

  it('of one organisation are bounded in a day, and no other tenant sees them (I17)', async () => {
    const day = new Date(new Date(auth.clock.now()).toISOString().slice(0, 10));
    const at = { firstAt: day, lastAt: day, day, count: 1, details: {} };
    await auth.database.securityEvent.createMany({
      data: Array.from({ length: 200 }, (_, index) => ({
        ...{ id: randomUUID(), organizationId: owner.orgId, type: 'key.new_address', severity: 'low', ...at },
        ...{ subjectType: 'api_key', subjectId: `${owner.orgId}-${index}` },
      })),
    });
    const { id } = await auth.createKey(owner);
    await auth.database.apiKey.update({ where: { id }, data: { createdAt: new Date(0) } });
    await see(id, ['192.0.2.1'], 100);
    expect(await auth.database.securityEvent.count({ where: { organizationId: owner.orgId } })).toBe(200);

    const stranger = { ...(await auth.createAccount()).principal, sessionId: randomUUID() };
    const path = `/v1/auth/security-events?organizationId=${owner.orgId}`;
    expect((await auth.call('GET', path, { as: stranger })).status).toBe(404);
    expect((await auth.call('GET', '/v1/auth/security-events?of=installation', { as: owner })).status).toBe(404);
  });

  it('of addresses with many rejected credentials are for operators', async () => {
    const body = { keys: [], rejected: [{ address: '203.0.113.7', count: 500 }] };
    expect((await auth.call('POST', '/internal/keys/sightings', { as: 'api-gateway', body })).status).toBe(204);
    const operator = { ...(await auth.createAccount('operator')).principal, sessionId: randomUUID() };
    expect(await list('?of=installation', operator)).toMatchObject([
      { subjectId: '203.0.113.7', organizationId: null },
    ]);
  });
});
