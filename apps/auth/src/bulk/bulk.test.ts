import { type BulkReport, bulkExport, bulkJob, bulkReport } from '@aggregator/contracts';
import { waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';
import { readCsv, writeCsv } from './csv.ts';

const path = '/v1/auth/organization/bulk';

describe('a list of people', () => {
  let auth: AuthHarness;
  let owner: Account;
  let session: Account['principal'];
  let operator: Account;
  beforeAll(async () => {
    auth = await startAuth();
    owner = await auth.createAccount();
    session = { ...owner.principal, sessionId: crypto.randomUUID() };
    operator = await auth.createAccount('operator');
    const provider = {
      ...{ label: 'Acme', issuer: 'https://id.acme.com', clientId: 'x', domains: ['acme.com'] },
      organizationId: owner.principal.orgId,
    };
    await auth.call('PUT', '/v1/auth/sso-providers/acme', { as: operator.principal, body: provider });
  });
  afterAll(() => auth.stop());

  /** Gives the list, waits for its end, and returns its report. */
  async function run(body: object, as = session, at = path): Promise<BulkReport> {
    const given = await auth.call('POST', at, { as, body });
    expect({ status: given.status, text: given.text }).toMatchObject({ status: 202 });
    const { id } = bulkJob.parse(given.body);
    const read = async (query = '') => bulkReport.parse((await auth.call('GET', `${at}/${id}${query}`, { as })).body);
    await waitFor(async () => (await read()).finishedAt !== null, {
      describe: 'the end of the job',
      timeoutMs: 60_000,
    });
    const report = await read('?limit=100');
    const rows = [...report.rows];
    for (let cursor = report.nextCursor; cursor !== null; ) {
      const page = await read(`?limit=100&cursor=${cursor}`);
      rows.push(...page.rows);
      cursor = page.nextCursor;
    }
    return { ...report, rows };
  }
  const resultsOf = ({ rows }: BulkReport) => rows.map(({ result }) => result);

  it('of 1,000 makes each of them a member of its team once, also if it is given again', async () => {
    const rows = Array.from({ length: 1000 }, (_, at) => ({ email: `p${at}@acme.com`, teams: [`team ${at % 5}`] }));
    const report = await run({ rows });

    expect(report).toMatchObject({ total: 1000, done: 1000, isDryRun: false });
    expect(new Set(resultsOf(report))).toEqual(new Set(['created']));
    expect(report.rows.map(({ number }) => number)).toEqual(rows.map((_, at) => at + 1));
    const organizationId = owner.principal.orgId;
    expect(await auth.database.membership.count({ where: { organizationId } })).toBe(1001);
    expect(await auth.database.teamMember.count({ where: { organizationId } })).toBe(1000);
    expect(new Set(resultsOf(await run({ rows })))).toEqual(new Set(['unchanged']));
    expect(await auth.database.auditEntry.count({ where: { action: 'member_joined', organizationId } })).toBe(1000);
  }, 120_000);

  it('has a report for each row, and one bad row stops no other', async () => {
    const report = await run({
      csv: 'email,name,role,teams\r\nada@acme.com,"Lovelace, Ada",viewer,red;blue\nnobody,,,\nx@example.org,,,\nada@acme.com,,admin,red\nboss@acme.com,,owner,\n',
    });

    expect(resultsOf(report)).toEqual(['created', 'failed', 'failed', 'changed', 'failed']);
    expect(report.rows[2]).toMatchObject({ email: 'x@example.org', message: expect.stringContaining('Invite') });
    const ada = await auth.database.user.findUnique({
      where: { email: 'ada@acme.com' },
      include: { memberships: true },
    });
    expect(ada).toMatchObject({ name: 'Lovelace, Ada', memberships: [{ role: 'admin' }] });
  });

  it('invites addresses of other domains where a row says so, once, and the person joins with role and team', async () => {
    auth.mails.length = 0;
    const csv =
      'email,role,teams,key,invite\nguest@partner.example,viewer,guests,visitor,TRUE\nguest@partner.example,viewer,guests,,true\n' +
      'own@acme.com,,,,true\nother@partner.example,,,,false\nwide@partner.example,,a;b,,true\nodd@partner.example,,,,maybe\n';
    const planned = await run({ csv, dryRun: true });
    expect(resultsOf(planned)).toEqual(['invited', 'invited', 'created', 'failed', 'failed', 'failed']);
    expect(await auth.database.invitation.count()).toBe(0);

    const report = await run({ csv });
    expect(resultsOf(report)).toEqual(['invited', 'unchanged', 'created', 'failed', 'failed', 'failed']);
    expect(report.rows.map(({ message }) => message)).toMatchObject({
      ...{ 0: expect.stringContaining('when the person has joined'), 1: 'The invitation is open.' },
      ...{ 3: expect.stringContaining('Invite'), 4: 'An invitation has one team at most.' },
      ...{ 5: expect.stringContaining("'invite'") },
    });
    expect(resultsOf(await run({ csv }))[0]).toBe('unchanged');
    const row = await auth.database.invitation.findFirstOrThrow({ where: { email: 'guest@partner.example' } });
    expect(await auth.database.invitation.count()).toBe(1);
    const audit = await auth.database.auditEntry.findFirst({ where: { subjectId: row.id } });
    expect(audit).toMatchObject({ action: 'invitation_created', details: { by: 'bulk' } });

    const find = () => auth.mails.filter(({ to }) => to === 'guest@partner.example');
    await waitFor(async () => find().length > 0, { describe: 'the mail', timeoutMs: 10_000 });
    expect(find()).toHaveLength(1);
    const token = /#token=(\S+)/.exec(find()[0]?.text ?? '')?.[1];
    const body = { token, name: 'Guest', password: 'a long enough password' };
    expect((await auth.call('POST', '/v1/auth/invitations/accept', { as: 'api-gateway', body })).status).toBe(201);
    const teams = { include: { team: true } };
    const where = { user: { email: 'guest@partner.example' } };
    const member = await auth.database.membership.findFirst({ where, include: { teams } });
    expect(member).toMatchObject({ role: 'viewer', teams: [{ team: { name: 'guests' } }] });
    expect(resultsOf(await run({ csv }))[0]).toBe('changed');
  });

  it('invites no more than the organisation may in a day', async () => {
    const { orgId: organizationId, userId: invitedById } = owner.principal;
    const sent = Array.from({ length: 200 }, () => ({
      ...{ id: crypto.randomUUID(), organizationId, email: 'x@full.example', role: 'viewer' as const, invitedById },
      ...{ tokenHash: crypto.getRandomValues(new Uint8Array(32)), createdAt: new Date(auth.clock.now()) },
      ...{ expiresAt: new Date(auth.clock.now()), revokedAt: new Date(auth.clock.now()) },
    }));
    await auth.database.invitation.createMany({ data: sent });
    const rows = [{ email: 'late@full.example', invite: true }];
    for (const dryRun of [true, false]) {
      const report = await run({ rows, dryRun });
      expect(report.rows).toMatchObject([{ result: 'failed', message: expect.stringContaining('200 invitations') }]);
    }
    await auth.database.invitation.deleteMany({ where: { email: 'x@full.example' } });
  });

  it('says in plain sentences what is wrong with a row', async () => {
    const report = await run({ csv: 'kind,email,role,key\n,no-address,boss,\n,,viewer,\nteam,,,laptop\n' });

    const [person, absent, team] = report.rows.map(({ message }) => message);
    expect(person).toMatch(/^Invalid value for 'email': [^.]+\. Invalid value for 'role': .+\.$/);
    expect(absent).toBe("'email' is missing.");
    expect(team).toBe("'name' is missing. Unknown field: 'key'.");
  });

  it('makes teams, budgets and API keys of the same file once, and changes a budget', async () => {
    const csv = (amount: string) =>
      `kind,email,name,role,teams,budgetNanoUsd,budgetPeriod,key\nteam,,ops,,,${amount},week,\n,kay@acme.com,Kay,,ops,700,,laptop\n,view@acme.com,,viewer,,,,laptop\n`;
    expect(resultsOf(await run({ csv: csv('5000'), dryRun: true }))).toEqual(['created', 'created', 'created']);
    const report = await run({ csv: csv('5000') });

    expect(resultsOf(report)).toEqual(['created', 'created', 'created']);
    expect(report.rows).toMatchObject([
      { team: 'ops', key: null },
      { key: expect.stringMatching(/^agk_live_/) },
      { key: expect.stringMatching(/^agk_live_/), message: null },
    ]);
    const organizationId = owner.principal.orgId;
    const where = { organizationId, name: 'bulk' };
    const budgets = await auth.database.budget.findMany({ where, orderBy: { level: 'asc' } });
    expect(budgets).toMatchObject([
      { level: 'team', amount: 5000n, period: 'week', mode: 'hard' },
      { level: 'user', amount: 700n, period: 'month' },
    ]);
    const key = await auth.database.apiKey.findFirst({
      where: { organizationId, name: 'laptop', user: { email: 'kay@acme.com' } },
      include: { team: true },
    });
    expect(key).toMatchObject({ team: { name: 'ops' }, scopes: ['ai:invoke', 'usage:read'] });
    expect(JSON.stringify(await auth.database.bulkRow.findMany({ where: { result: 'created' } }))).not.toContain(
      'agk_live_',
    );

    expect(resultsOf(await run({ csv: csv('5000') }))).toEqual(['unchanged', 'unchanged', 'unchanged']);
    expect(resultsOf(await run({ csv: csv('6000') }))).toEqual(['changed', 'unchanged', 'unchanged']);
    expect(await auth.database.apiKey.count({ where: { organizationId, name: 'laptop' } })).toBe(2);
    const exported = bulkExport.parse((await auth.call('GET', `${path}/export`, { as: session })).body).rows;
    expect(exported).toContainEqual({ kind: 'team', name: 'ops', budgetNanoUsd: '6000', budgetPeriod: 'week' });
    expect(exported).toContainEqual(expect.objectContaining({ email: 'kay@acme.com', key: 'laptop' }));
    expect(JSON.stringify(exported)).not.toContain('agk_live_');
    const known = exported.filter((row) => row.kind === 'team' || row.email === 'kay@acme.com');
    expect(new Set(resultsOf(await run({ rows: known })))).toEqual(new Set(['unchanged']));
  });

  it('makes no fourth budget of a team', async () => {
    await run({ rows: [{ kind: 'team', name: 'full' }] });
    const { organizationId, id } = await auth.database.team.findFirstOrThrow({
      where: { organizationId: owner.principal.orgId, name: 'full' },
    });
    for (const name of ['a', 'b', 'c']) {
      const body = { name, level: 'team', subjectId: id, period: 'month', amountNanoUsd: '1000' };
      expect((await auth.call('POST', '/v1/auth/organization/budgets', { as: session, body })).status).toBe(201);
    }
    const report = await run({ rows: [{ kind: 'team', name: 'full', budgetNanoUsd: '7' }] });
    expect(report.rows).toMatchObject([{ result: 'unchanged', message: expect.stringContaining('3 budgets') }]);
    expect(await auth.database.budget.count({ where: { organizationId, subjectId: id } })).toBe(3);
  });

  it('of another organisation is not behind the long lists of one', async () => {
    const other = await auth.createAccount();
    const as = { ...other.principal, sessionId: crypto.randomUUID() };
    const rows = Array.from({ length: 1000 }, (_, at) => ({ email: `long${at}@acme.com` }));
    for (let list = 0; list < 4; list += 1) {
      auth.clock.advance(1);
      await auth.call('POST', path, { as: session, body: { rows, dryRun: true } });
    }
    auth.clock.advance(1);
    await run({ rows: [{ email: 'one@other.example' }], dryRun: true }, as);
    const open = await auth.database.bulkJob.count({
      where: { organizationId: owner.principal.orgId, finishedAt: null },
    });
    expect(open).toBeGreaterThan(0);
  });

  it('changes nothing in a dry run, and says what it would do', async () => {
    const before = await auth.database.user.count();
    const report = await run({
      rows: [{ email: 'dry@acme.com', teams: ['new'] }, { email: 'ada@acme.com' }],
      dryRun: true,
    });

    expect(resultsOf(report)).toEqual(['created', 'unchanged']);
    expect(await auth.database.user.count()).toBe(before);
    expect(await auth.database.team.count({ where: { name: 'new' } })).toBe(0);
  });

  it('of an operator takes addresses of every domain, for any organisation', async () => {
    const tenant = await auth.createAccount();
    const at = `/v1/auth/organizations/${tenant.principal.orgId}/bulk`;
    const report = await run({ rows: [{ email: 'any@corp.example', role: 'billing' }] }, operator.principal, at);

    expect(resultsOf(report)).toEqual(['created']);
    expect((await auth.call('POST', at, { as: session, body: { rows: [{ email: 'a@b.example' }] } })).status).toBe(403);
  });

  it('that cannot be processed fails, and holds up no list of another organisation', async () => {
    const broken = await auth.createAccount();
    const as = { ...broken.principal, sessionId: crypto.randomUUID() };
    const given = await auth.call('POST', path, { as, body: { rows: [{ email: 'x' }] } });
    const job = bulkJob.parse(given.body);
    // A row that our code has not written.
    await auth.database.bulkRow.updateMany({
      where: { jobId: job.id },
      data: { input: { email: 'x', role: 'none' }, result: null },
    });
    await auth.database.bulkJob.update({ where: { id: job.id }, data: { done: 0, finishedAt: null } });

    expect(resultsOf(await run({ rows: [{ email: 'free@acme.com' }] }))).toEqual(['created']);
    const read = async () => bulkReport.parse((await auth.call('GET', `${path}/${job.id}`, { as })).body);
    await waitFor(
      async () => {
        auth.clock.advance(6000);
        return (await read()).finishedAt !== null;
      },
      { describe: 'the end of the broken list', timeoutMs: 40_000 },
    );
    expect((await read()).rows).toMatchObject([{ result: 'failed' }]);
  }, 60_000);

  it('is not worked on for a maker who may not manage members any more', async () => {
    const admin = await auth.createMember(owner.principal, 'admin');
    const made = await auth.call('POST', path, {
      as: admin.principal,
      body: { rows: [{ email: 'late@acme.com' }], dryRun: true },
    });
    expect(made.status).toBe(202);
    const where = { organizationId_userId: { organizationId: owner.principal.orgId, userId: admin.principal.userId } };
    const job = bulkJob.parse(made.body);
    await auth.database.membership.update({ where, data: { role: 'viewer' } });
    await auth.database.bulkRow.updateMany({ where: { jobId: job.id }, data: { result: null } });
    await auth.database.bulkJob.update({ where: { id: job.id }, data: { done: 0, finishedAt: null } });
    const read = async () => bulkReport.parse((await auth.call('GET', `${path}/${job.id}`, { as: session })).body);
    await waitFor(async () => (await read()).finishedAt !== null, { describe: 'the end', timeoutMs: 30_000 });

    expect(resultsOf(await read())).toEqual(['failed']);
  });

  it.each([
    ['both forms', { rows: [{ email: 'a@acme.com' }], csv: 'email' }],
    ['no form', {}],
    ['another header', { csv: 'mail\na@acme.com' }],
    ['no rows', { csv: 'email\n' }],
    ['too many rows', { csv: `email\n${'a@b.c\n'.repeat(5001)}` }],
  ])('with %s is rejected', async (_what, body) => {
    expect((await auth.call('POST', path, { as: session, body })).status).toBe(400);
  });

  it('is exported in the form that it is given in', async () => {
    const json = bulkExport.parse((await auth.call('GET', `${path}/export`, { as: session })).body);
    const text = await fetch(new URL(`${path}/export?format=csv`, auth.service.url), {
      headers: await auth.identify(session),
    }).then((response) => response.text());

    expect(json.rows).toContainEqual({
      email: 'ada@acme.com',
      name: 'Lovelace, Ada',
      role: 'admin',
      teams: ['blue', 'red'],
    });
    expect(readCsv(text)).toHaveLength(json.rows.length);
    expect(readCsv(text)).toContainEqual({
      email: 'ada@acme.com',
      name: 'Lovelace, Ada',
      role: 'admin',
      teams: ['blue', 'red'],
    });
  });

  it('runs no formula in a sheet, and reads back what it wrote', () => {
    const rows = ['=cmd()', '+1', "'=x", '-', '@a', 'a "b"\nc', "it's"].map((name) => ({
      ...{ email: 'a@b.example', name, role: 'viewer', teams: ['t'] },
    }));

    expect(writeCsv(rows)).not.toMatch(/(?:^|,)"?[=+@-]/m);
    expect(readCsv(writeCsv(rows))).toEqual(rows);
  });
});
