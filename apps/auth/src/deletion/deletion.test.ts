import { auditList, exportedLine, type Principal, splitCsv } from '@aggregator/contracts';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sha256Hex } from '../keys/key-hasher.ts';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';
import { deleteOrganizations } from './delete-organizations.ts';
import { graceMs } from './request-deletion.ts';

const deletion = '/v1/auth/organization/deletion';

describe('the deletion of an organisation', () => {
  let auth: AuthHarness;
  let account: Account;
  let owner: Principal;
  beforeAll(async () => {
    auth = await startAuth({ LOGIN_ATTEMPTS_PER_MINUTE_PER_ADDRESS: '1000' });
  });
  afterAll(() => auth.stop());
  beforeEach(async () => {
    account = await auth.createAccount();
    owner = { ...account.principal, sessionId: crypto.randomUUID() };
  });

  const nameOf = async () => (await auth.database.organization.findUniqueOrThrow({ where: { id: owner.orgId } })).name;
  const request = async (as = owner) => auth.call('POST', deletion, { as, body: { name: await nameOf() } });
  const sweep = () => deleteOrganizations(auth.service.context, new Date(auth.clock.now()));
  const isValid = async (key: string) => {
    const body = { keySha256: sha256Hex(key) };
    return (await auth.call('POST', '/internal/keys/verify', { as: 'api-gateway', body })).body;
  };

  it('stops API keys at once, and can be taken back in the grace period (I3, I21)', async () => {
    const { key } = await auth.createKey(owner);
    auth.published.length = 0;

    expect((await request()).status).toBe(202);
    expect(await isValid(key)).toEqual({ valid: false });
    expect(auth.published).toMatchObject([{ organizationIds: [owner.orgId] }]);
    auth.clock.advance(graceMs - 1);
    expect(await sweep()).toEqual([]);

    expect((await auth.call('DELETE', deletion, { as: owner })).status).toBe(204);
    expect(await isValid(key)).toMatchObject({ valid: true });
    auth.clock.advance(graceMs);
    expect(await sweep()).toEqual([]);
    const entries = await auth.database.auditEntry.findMany({ where: { subjectId: owner.orgId } });
    expect(entries.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['deletion_requested', 'deletion_cancelled']),
    );
  });

  it('needs the name of the organisation, and an owner', async () => {
    const admin = (await auth.createMember(owner, 'admin')).principal;
    expect((await auth.call('POST', deletion, { as: owner, body: { name: 'another' } })).status).toBe(400);
    expect((await request(admin)).status).toBe(403);
  });

  it('leaves no name, address or password of people who are in no other organisation, and all of the others', async () => {
    const both = await auth.createMember(owner, 'developer');
    const { key } = await auth.createKey(both.principal);
    await auth.call('POST', '/v1/auth/organization/teams', { as: owner, body: { name: 'canary team' } });
    await request();
    auth.clock.advance(graceMs);

    expect((await Promise.all([sweep(), sweep()])).flat()).toEqual([owner.orgId]);

    expect(await isValid(key)).toEqual({ valid: false });
    const gone = await auth.database.user.findUniqueOrThrow({ where: { id: owner.userId } });
    expect(gone).toMatchObject({ name: 'deleted', passwordHash: null });
    expect(gone.email).not.toContain('example.com');
    const stays = await auth.database.user.findUniqueOrThrow({ where: { id: both.principal.userId } });
    expect(stays.email).toBe(both.email);
    expect((await auth.logIn(both)).tokenType).toBe('Bearer');
    const login = { email: account.email, password: account.password };
    expect((await auth.call('POST', '/v1/auth/login', { as: 'api-gateway', body: login })).status).toBe(401);
    expect(await nameOf()).toBe('deleted');
    expect(await auth.database.team.count({ where: { organizationId: owner.orgId } })).toBe(0);
  });

  it('can be preceded by an export, which has every row and no secret', async () => {
    await auth.createMember(owner, 'viewer');
    const { key } = await auth.createKey(owner);

    const { text: response } = await auth.call('GET', '/v1/auth/organization/export', { as: owner });

    const lines = response
      .trim()
      .split('\n')
      .map((line) => exportedLine.parse(JSON.parse(line)));
    const count = (type: string) => lines.filter((line) => line.type === type).length;
    expect([count('organization'), count('member'), count('api_key')]).toEqual([1, 2, 1]);
    expect(count('audit_entry')).toBe(await auth.database.auditEntry.count({ where: { organizationId: owner.orgId } }));
    expect(response).not.toMatch(new RegExp(`${key}|argon2|hash|hmac`, 'i'));
  });
});

describe('GET /v1/auth/audit', () => {
  let auth: AuthHarness;
  beforeAll(async () => {
    auth = await startAuth();
  });
  afterAll(() => auth.stop());

  it('shows owners and admins their own organisation, and an operator any (I17, I21)', async () => {
    const one = { ...(await auth.createAccount()).principal, sessionId: crypto.randomUUID() };
    const operator = { ...(await auth.createAccount('operator')).principal, sessionId: crypto.randomUUID() };
    const { id } = await auth.createKey(one);
    const read = async (as: Principal, query = '') => auth.call('GET', `/v1/auth/audit${query}`, { as });

    const own = auditList.parse((await read(one, '?action=api_key_created')).body);
    expect(own.data).toMatchObject([{ subjectId: id, actorUserId: one.userId, organizationId: one.orgId }]);
    const paged = auditList.parse((await read(one, '?limit=1')).body);
    expect(paged.nextCursor).toBe(paged.data[0]?.id);
    expect((await read(one, `?organizationId=${operator.orgId}`)).status).toBe(404);
    const foreign = auditList.parse((await read(operator, `?organizationId=${one.orgId}`)).body);
    expect(foreign.data.every(({ organizationId }) => organizationId === one.orgId)).toBe(true);
  });

  it('is narrowed by who changed something and when, and given as CSV and as lines of JSON', async () => {
    const owner = { ...(await auth.createAccount()).principal, sessionId: crypto.randomUUID() };
    await auth.createKey(owner);
    const read = (query: string) => auth.call('GET', `/v1/auth/audit${query}`, { as: owner });
    const list = async (query: string) => auditList.parse((await read(query)).body).data;
    const all = await list('');
    expect(all.length).toBeGreaterThan(0);
    expect(await list(`?actorUserId=${owner.userId}`)).toEqual(all.filter((one) => one.actorUserId === owner.userId));
    expect(await list(`?actorUserId=${crypto.randomUUID()}`)).toEqual([]);
    const { time = '' } = all.find(({ action }) => action === 'api_key_created') ?? {};
    const next = new Date(Date.parse(time) + 1).toISOString();
    expect(await list(`?from=${time}&to=${next}`)).toEqual(all.filter((one) => one.time === time));
    expect(await list(`?to=${time}`)).toEqual(all.filter((one) => one.time < time));

    const lines = await read('?format=ndjson');
    expect(lines.headers.get('content-type')).toContain('application/x-ndjson');
    const parsed = lines.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(parsed).toEqual(all);
    const { rows } = splitCsv((await read('?format=csv&action=api_key_created')).text);
    expect(rows[0]?.slice(0, 3)).toEqual(['time', 'action', 'actor_user_id']);
    expect(rows[1]?.slice(0, 3)).toEqual([time, 'api_key_created', owner.userId]);
    expect((await read('?format=xml')).status).toBe(400);
    expect((await read('?from=yesterday')).status).toBe(400);
  });

  it('gives no file that is not whole', async () => {
    const owner = { ...(await auth.createAccount()).principal, sessionId: crypto.randomUUID() };
    await auth.createKey(owner);
    await auth.database.$executeRaw`
      INSERT INTO audit_entry SELECT (jsonb_populate_record(audit_entry, jsonb_build_object(
        'id', gen_random_uuid(), 'sequence', 1000000 + at))).*
      FROM audit_entry, generate_series(1, 5001) AS at
      WHERE organization_id = ${owner.orgId}::uuid AND action = 'api_key_created'`;
    const { status, body } = await auth.call('GET', '/v1/auth/audit?format=csv', { as: owner });
    expect([status, body]).toMatchObject([400, { code: 'invalid_value', param: 'from' }]);
  });
});
