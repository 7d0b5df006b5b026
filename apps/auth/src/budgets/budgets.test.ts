import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';

const path = '/v1/auth/organization/budgets';
const monthly = { name: 'all', level: 'organization', period: 'month', amountNanoUsd: '1000' };

describe('budgets', () => {
  let auth: AuthHarness;
  let owner: Account;
  beforeAll(async () => {
    auth = await startAuth();
    owner = await auth.createAccount();
  });
  afterAll(() => auth.stop());

  const as = () => ({ ...owner.principal, sessionId: randomUUID() });
  const create = (body: unknown) => auth.call('POST', path, { as: as(), body });

  it('are created with their defaults, changed, listed and deleted, each with an audit entry (I21)', async () => {
    const created = await create(monthly);
    expect(created).toMatchObject({
      status: 201,
      body: { ...monthly, timeZone: 'UTC', mode: 'hard', alertsAt: [50, 80, 100], subjectId: owner.principal.orgId },
    });
    const { id } = created.body as { id: string };
    const changed = await auth.call('PATCH', `${path}/${id}`, {
      as: as(),
      body: { amountNanoUsd: '5', models: ['m'] },
    });
    expect(changed).toMatchObject({ status: 200, body: { amountNanoUsd: '5', models: ['m'], name: 'all' } });
    const list = await auth.call('GET', `${path}?level=organization`, { as: as() });
    expect(list.body).toMatchObject({ data: [{ id }], nextCursor: null });
    expect((await auth.call('DELETE', `${path}/${id}`, { as: as() })).status).toBe(204);
    expect((await auth.call('DELETE', `${path}/${id}`, { as: as() })).status).toBe(404);
    const audit = await auth.database.auditEntry.findMany({ where: { subjectId: id }, orderBy: { sequence: 'asc' } });
    expect(audit.map(({ action }) => action)).toEqual(['budget_created', 'budget_updated', 'budget_deleted']);
  });

  it.each([
    [{ amountNanoUsd: '0' }, 400],
    [{ amountNanoUsd: '9007199254740992' }, 400],
    [{ timeZone: 'Europe/Nowhere' }, 400],
    [{ period: 'year' }, 400],
    [{ level: 'team', subjectId: randomUUID() }, 404],
    [{ level: 'organization', subjectId: randomUUID() }, 404],
    [{ level: 'end_user', period: 'total' }, 400],
  ])('are not created with %j', async (fields, status) => {
    expect((await create({ ...monthly, ...fields })).status).toBe(status);
  });

  it('are three for one subject, at most', async () => {
    const other = await auth.createAccount();
    const make = () => auth.call('POST', path, { as: { ...other.principal, sessionId: randomUUID() }, body: monthly });
    const statuses = [await make(), await make(), await make(), await make()].map(({ status }) => status);
    expect(statuses).toEqual([201, 201, 201, 409]);
  });

  it('send each alert once in a period, to those who can raise it', async () => {
    const { body } = await create({ ...monthly, name: 'watched' });
    const { id } = body as { id: string };
    const report = async (spentNanoUsd: string, period = '2026-11') => {
      const row = { organizationId: owner.principal.orgId, budgetId: id, period, spentNanoUsd };
      const { status } = await auth.call('POST', '/internal/budgets/spending', {
        as: 'billing',
        body: { budgets: [row] },
      });
      expect(status).toBe(204);
    };
    const before = await auth.database.workJob.count();
    for (const spent of ['499', '500', '600', '999', '1000', '1200']) await report(spent);
    await report('850', '2026-12');
    const rows = await auth.database.budgetAlert.findMany({
      where: { budgetId: id },
      orderBy: [{ period: 'asc' }, { percent: 'asc' }],
    });
    expect(rows.map(({ period, percent }) => `${period} ${percent}`)).toEqual([
      ...['2026-11 50', '2026-11 80', '2026-11 100'],
      ...['2026-12 50', '2026-12 80'],
    ]);
    // Fifty, eighty, a hundred; then eighty of the next month.
    expect(await auth.database.workJob.count()).toBe(before + 4);
  });
});
