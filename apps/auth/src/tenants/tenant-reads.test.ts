import { randomUUID } from 'node:crypto';
import { createTenantReader, type ReadAsTenant } from '@aggregator/database';
import { findUncoveredTables } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Transaction } from '../database/create-database.ts';
import { type Account, type AuthHarness, startAuth } from '../testing/start-auth.ts';

/** Tables that every read of a tenant may see: facts of the installation that name no one. */
const bare = ['_prisma_migrations', 'audit_head', 'key_epoch'];

const session = (principal: Account['principal']) => ({ ...principal, sessionId: randomUUID() });

describe('row-level security', () => {
  let auth: AuthHarness;
  let own: Account;
  let other: Account;
  let asTenant: ReadAsTenant<Transaction>;
  beforeAll(async () => {
    auth = await startAuth({ WEBHOOK_ALLOWLIST: '127.0.0.1' });
    asTenant = createTenantReader<Transaction>(auth.database, auth.service.context.logger);
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
    const seen = await asTenant(orgId, async (reader) => ({
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
    expect(await asTenant(orgId, (reader) => reader.organization.findMany())).toHaveLength(1);
    expect(
      await asTenant(orgId, (reader) => reader.membership.findMany({ where: { organizationId: foreign } })),
    ).toEqual([]);
  });

  it('shows people of the organisation, also those who left, and no one else (I17)', async () => {
    const { principal: left } = await auth.createMember(session(own.principal), 'developer');
    await auth.createKey(left);
    const path = `/v1/auth/organization/members/${left.userId}`;
    expect((await auth.call('DELETE', path, { as: session(own.principal) })).status).toBe(204);
    const seen = await asTenant(own.principal.orgId, (reader) => reader.user.findMany({ select: { id: true } }));
    expect(seen.map(({ id }) => id).sort()).toEqual([own.principal.userId, left.userId].sort());
  });

  it('shows no row that belongs to another organisation by its parent, and no sessions (I17)', async () => {
    for (const { principal } of [own, other]) {
      const webhook = { name: 'hooks', url: 'http://127.0.0.1:9/hook', events: ['member.removed'] };
      const made = await auth.call('POST', '/v1/auth/organization/webhooks', { as: session(principal), body: webhook });
      const { id } = made.body as { id: string };
      await auth.call('POST', `/v1/auth/organization/webhooks/${id}/test`, { as: session(principal) });
    }
    expect(await auth.database.webhookDelivery.count()).toBe(2);
    const seen = await asTenant(own.principal.orgId, async (reader) => ({
      deliveries: await reader.webhookDelivery.findMany({ include: { endpoint: true } }),
      jobs: await reader.workJob.count(),
    }));
    expect(seen.deliveries.map(({ endpoint }) => endpoint.organizationId)).toEqual([own.principal.orgId]);
    expect(seen.jobs).toBe(0);
    expect(await auth.database.workJob.count()).toBeGreaterThan(0);
  });

  it('covers every table', async () => {
    expect(await findUncoveredTables((sql) => auth.database.$queryRawUnsafe(sql))).toEqual(bare);
  });

  it('lets a read of one organisation write nothing', async () => {
    const write = asTenant(own.principal.orgId, (reader) => reader.team.deleteMany());
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
