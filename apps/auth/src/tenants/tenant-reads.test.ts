import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';
import { asTenant } from './tenant-reads.ts';

/** Tables with an organisation that no route of a tenant reads as its rows. */
const personal = ['session', 'user'];

const session = (principal: Account['principal']) => ({ ...principal, sessionId: randomUUID() });

describe('row-level security', () => {
  let auth: AuthHarness;
  let own: Account;
  let other: Account;
  beforeAll(async () => {
    auth = await startAuth();
    own = await auth.createAccount('owner');
    other = await auth.createAccount('owner');
    for (const { principal } of [own, other]) {
      await auth.createKey(principal);
      const budget = { name: 'all', level: 'organization', amountNanoUsd: '1', period: 'month', timeZone: 'UTC' };
      await auth.call('POST', '/v1/auth/organization/budgets', { as: session(principal), body: budget });
      const limit = { name: 'all', level: 'organization', requestsPerMinute: 7 };
      await auth.call('POST', '/v1/auth/organization/limits', { as: session(principal), body: limit });
      await auth.call('POST', '/v1/auth/organization/teams', { as: session(principal), body: { name: 'red' } });
    }
  });
  afterAll(() => auth.stop());

  it('shows a query without a filter no row of another organisation (I17)', async () => {
    const { orgId } = own.principal;
    const seen = await asTenant(auth.database, orgId, async (reader) => ({
      keys: await reader.apiKey.findMany(),
      members: await reader.membership.findMany({ include: { user: true } }),
      teams: await reader.team.findMany(),
      budgets: await reader.budget.findMany(),
      limits: await reader.usageLimit.findMany(),
      entries: await reader.auditEntry.findMany(),
    }));
    for (const [name, rows] of Object.entries(seen)) {
      expect({ name, of: [...new Set(rows.map(({ organizationId }) => organizationId))] }).toEqual({
        name,
        of: [orgId],
      });
    }
    expect(await auth.database.apiKey.count()).toBe(2);
    const foreign = other.principal.orgId;
    expect(await asTenant(auth.database, orgId, (reader) => reader.organization.findMany())).toHaveLength(1);
    expect(
      await asTenant(auth.database, orgId, (reader) =>
        reader.membership.findMany({ where: { organizationId: foreign } }),
      ),
    ).toEqual([]);
  });

  it('covers every table that has an organisation', async () => {
    const tables = await auth.database.$queryRaw<{ name: string; isCovered: boolean }[]>`
      SELECT columns.table_name AS name, pg_class.relrowsecurity AND EXISTS (
          SELECT FROM pg_policy WHERE polrelid = pg_class.oid) AS "isCovered"
      FROM information_schema.columns JOIN pg_class ON relname = table_name AND relkind = 'r'
      WHERE column_name = 'organization_id' AND table_schema = current_schema()`;
    expect(tables.length).toBeGreaterThan(10);
    const bare = tables.filter(({ isCovered }) => !isCovered).map(({ name }) => name);
    expect(bare.sort()).toEqual(personal);
  });

  it('lets a read of one organisation write nothing', async () => {
    const write = asTenant(auth.database, own.principal.orgId, (reader) => reader.team.deleteMany());
    await expect(write).rejects.toThrow(/permission denied/);
    expect(await auth.database.team.count()).toBe(2);
  });

  it('shows an owner what is of its organisation by the routes', async () => {
    for (const path of ['members', 'teams', 'budgets', 'limits'])
      expect(
        (await auth.call('GET', `/v1/auth/organization/${path}`, { as: session(own.principal) })).body,
      ).toMatchObject({
        data: [expect.anything()],
      });
    expect(auth.readLog()).not.toContain('row_level_security_inactive');
  });
});
