import { findUncoveredTables } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAnalytics, type TestAnalytics } from '../testing/start-analytics.ts';
import { orgId, otherOrgId, usageEvent } from '../testing/usage-event.ts';

describe('row-level security', () => {
  let analytics: TestAnalytics;
  beforeAll(async () => {
    analytics = await startAnalytics(Date.parse('2026-11-21T12:00:00Z'));
    const tags = { project: 'search' };
    await analytics.record([usageEvent({ tags }), usageEvent({ orgId: otherOrgId, tags })], 2);
  });
  afterAll(() => analytics.stop());

  it('shows a query without a filter no row of another organisation (I17)', async () => {
    const { readAsTenant, database } = analytics.context;
    const seen = await readAsTenant(orgId, async (reader) => ({
      rollups: await reader.usageRollup.findMany(),
      details: await reader.usageDetail.findMany(),
      days: await reader.usageDay.findMany(),
      detailDays: await reader.usageDetailDay.findMany(),
      minutes: await reader.usageMinute.findMany(),
      tagSets: await reader.usageTagSet.findMany(),
      quality: await reader.usageQuality.findMany(),
    }));
    for (const [name, rows] of Object.entries(seen)) {
      expect({ name, of: [...new Set(rows.map((row) => row.orgId))] }).toEqual({ name, of: [orgId] });
    }
    expect(await readAsTenant(orgId, (reader) => reader.inbox.count())).toBe(0);
    expect(await database.inbox.count()).toBe(2);
  });

  it('covers every table', async () => {
    expect(await findUncoveredTables((sql) => analytics.context.database.$queryRawUnsafe(sql))).toEqual([
      '_prisma_migrations',
    ]);
  });
});
