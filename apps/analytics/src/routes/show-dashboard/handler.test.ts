import { dashboardAnswer, usageTotals } from '@aggregator/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOwnUsage } from '../../tenants/read-own-usage.ts';
import { startAnalytics, type TestAnalytics } from '../../testing/start-analytics.ts';
import { keyId, orgId, otherOrgId, otherUserId, usageEvent, userId } from '../../testing/usage-event.ts';

const path = '/v1/analytics/dashboard';

describe('GET /v1/analytics/dashboard', () => {
  let analytics: TestAnalytics;
  beforeAll(async () => {
    const names = new Map([
      [userId, 'Ada'],
      [keyId, '=key'],
    ]);
    analytics = await startAnalytics(Date.parse('2026-11-21T12:00:00Z'), {}, names);
    await analytics.record(
      [
        usageEvent({ time: '2026-11-21T10:59:59.999Z', amountNanoUsd: '999999999999999', latencyMs: 100 }),
        usageEvent({ time: '2026-11-21T10:00:00.000Z', amountNanoUsd: '2', latencyMs: 300, userId: otherUserId }),
        usageEvent({ time: '2026-11-21T11:00:00.000Z', amountNanoUsd: '4', outcome: 'failed', model: 'other' }),
        usageEvent({ time: '2026-11-20T23:59:59.000Z', amountNanoUsd: '8', outcome: 'aborted', keyId: null }),
        usageEvent({ time: '2026-10-01T00:00:00.000Z', amountNanoUsd: '16', provider: 'mock' }),
        usageEvent({ orgId: otherOrgId, amountNanoUsd: '1000000', model: 'secret-model', provider: 'mock' }),
      ],
      6,
    );
  });
  afterAll(() => analytics.stop());

  const read = async (query = '', principal = {}) => {
    const answer = await analytics.get(`${path}${query}`, principal);
    expect(answer.status).toBe(200);
    return dashboardAnswer.parse(await answer.json());
  };

  describe('200', () => {
    it('sums the last 30 days exactly, by day', async () => {
      expect(await read()).toEqual({
        from: '2026-10-22T13:00:00.000Z',
        to: '2026-11-21T13:00:00.000Z',
        groupBy: 'day',
        totals: {
          requests: 4,
          failedRequests: 1,
          inputTokens: 40,
          outputTokens: 20,
          totalTokens: 60,
          costNanoUsd: '1000000000000013',
          latencyMsMean: 200,
        },
        series: [
          expect.objectContaining({ group: '2026-11-20', requests: 1, costNanoUsd: '8', latencyMsMean: null }),
          expect.objectContaining({ group: '2026-11-21', requests: 3, costNanoUsd: '1000000000000005' }),
        ],
      });
    });

    it.each([
      ['hour', ['2026-10-01T00:00:00Z', '2026-11-20T23:00:00Z', '2026-11-21T10:00:00Z', '2026-11-21T11:00:00Z']],
      ['day', ['2026-10-01', '2026-11-20', '2026-11-21']],
      ['model', ['gpt-4o-mini', 'other']],
      ['provider', ['mock', 'openai']],
      ['key', ['00000000-0000-0000-0000-000000000000', keyId]],
      ['user', [userId, otherUserId].sort()],
    ])('groups by %s, with the same totals', async (groupBy, groups) => {
      const { series, totals } = await read(`?from=2026-09-01T00:00:00Z&to=2026-12-01T00:00:00Z&groupBy=${groupBy}`);

      expect(series.map(({ group }) => group)).toEqual(groups);
      expect(totals.costNanoUsd).toBe('1000000000000029');
      expect(series.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n)).toBe(1000000000000029n);
    });

    it('names users and API keys, and leaves the id alone where there is no name', async () => {
      const range = '?from=2026-09-01T00:00:00Z&to=2026-12-01T00:00:00Z';
      const namesOf = async (groupBy: string) => {
        const { series } = await read(`${range}&groupBy=${groupBy}`);
        return Object.fromEntries(series.map(({ group, name }) => [group, name]));
      };
      expect(await namesOf('user')).toEqual({ [userId]: 'Ada', [otherUserId]: undefined });
      expect((await namesOf('key'))[keyId]).toBe('=key');
      expect(Object.values(await namesOf('model'))).toEqual([undefined, undefined]);
      const csv = await (await analytics.get(`${path}${range}&groupBy=key&format=csv`)).text();
      expect(csv.split('\r\n').map((line) => line.split(',')[1])).toEqual(['name', '', "'=key", undefined]);
    });

    it('groups by minute within a day, and leaves only what is of one model', async () => {
      const minutes = async (query: string) => {
        const { series, totals } = await read(`?from=2026-11-20T13:00:00Z&groupBy=minute${query}`);
        return [totals.costNanoUsd, ...series.map(({ group, costNanoUsd }) => `${group} ${costNanoUsd}`)];
      };
      expect(await minutes('')).toEqual([
        '1000000000000013',
        '2026-11-20T23:59:00Z 8',
        '2026-11-21T10:00:00Z 2',
        '2026-11-21T10:59:00Z 999999999999999',
        '2026-11-21T11:00:00Z 4',
      ]);
      expect(await minutes('&model=other')).toEqual(['4', '2026-11-21T11:00:00Z 4']);
    });

    it('groups by team and by tag, filters by both, and leaves nothing out (I23)', async () => {
      const own = '0192f0c0-0000-7000-8000-0000000000d1';
      const teamId = '0192f0c0-0000-7000-8000-0000000000e1';
      const tagged = await startAnalytics(Date.parse('2026-11-21T12:00:00Z'));
      const of = (amountNanoUsd: string, changes = {}) => usageEvent({ orgId: own, amountNanoUsd, ...changes });
      const events = [
        of('1'),
        of('2', { teamId, tags: { project: 'search', release: '7' } }),
        of('4', { teamId, tags: { release: '7', project: 'search' }, model: 'other' }),
        of('8', { tags: { project: '=ads' }, keyId: null }),
        of('16', { teamId: teamId.toUpperCase() }),
      ];
      await tagged.record([...events, ...events.slice(1, 3)], 5);
      const ask = async (query: string) =>
        await tagged.get(`${path}?from=2026-11-01T00:00:00Z&${query}`, { orgId: own });
      const costs = async (query: string) => {
        const { series, totals } = dashboardAnswer.parse(await (await ask(query)).json());
        return [totals.costNanoUsd, Object.fromEntries(series.map(({ group, costNanoUsd }) => [group, costNanoUsd]))];
      };
      try {
        expect(await costs('groupBy=team')).toEqual([
          '31',
          { '00000000-0000-0000-0000-000000000000': '9', [teamId]: '22' },
        ]);
        expect(await costs('groupBy=tag&tagKey=project')).toEqual(['31', { '': '17', '=ads': '8', search: '6' }]);
        expect(await costs(`groupBy=tag&tagKey=project&teamId=${teamId}`)).toEqual(['22', { '': '16', search: '6' }]);
        expect(await costs('groupBy=model&tagKey=project&tagValue=search')).toEqual([
          '6',
          { 'gpt-4o-mini': '2', other: '4' },
        ]);
        expect(await costs('groupBy=tag&tagKey=project&model=other')).toEqual(['4', { search: '4' }]);
        expect((await ask('groupBy=tag')).status).toBe(400);
        expect((await tagged.get(`${path}?from=2026-11-20T13:00:00Z&groupBy=minute&teamId=${teamId}`)).status).toBe(
          400,
        );
        const hours = 'from=2026-11-20T13:00:00Z&to=2026-11-21T23:00:00Z&groupBy=team';
        const ofHours = await tagged.get(`${path}?${hours}`, { orgId: own });
        expect(dashboardAnswer.parse(await ofHours.json()).totals.costNanoUsd).toBe('31');
        const csv = await ask('groupBy=tag&tagKey=project&format=csv');
        expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
        expect((await csv.text()).split('\r\n').map((line) => line.split(',').slice(0, 2).join(' '))).toEqual([
          ...['tag requests', ' 2', "'=ads 1", 'search 2', ''],
        ]);
        const rows = await tagged.context.database.usageDetail.findMany();
        expect(rows.length).toBe(4);
      } finally {
        await tagged.stop();
      }
    });

    it.each([
      ['model=other', '4'],
      ['provider=mock', '16'],
      [`userId=${otherUserId}`, '2'],
      ['keyId=00000000-0000-0000-0000-000000000000', '8'],
      [`userId=${otherUserId}&model=other`, '0'],
    ])('leaves only what is of %s', async (only, cost) => {
      const { totals } = await read(`?from=2026-09-01T00:00:00Z&to=2026-12-01T00:00:00Z&groupBy=day&${only}`);

      expect(totals.costNanoUsd).toBe(cost);
    });

    it("narrows a user's own usage, and never widens it to another user", async () => {
      const range = 'from=2026-09-01T00:00:00Z&to=2026-12-01T00:00:00Z';
      const own = await analytics.get(`/v1/users/usage?${range}&userId=${otherUserId}`, {});

      expect(dashboardAnswer.parse(await own.json()).totals.requests).toBe(0);
    });

    it('counts from the first moment of the range up to, and not with, the end', async () => {
      const tenToEleven = await read('?from=2026-11-21T10:00:00Z&to=2026-11-21T11:00:00Z');

      expect(tenToEleven.totals.requests).toBe(2);
      expect((await read('?from=2026-11-21T11:00:00Z&to=2026-11-21T12:00:00Z')).totals.requests).toBe(1);
    });

    it('shows no caller another organisation', async () => {
      const query = '?from=2026-09-01T00:00:00Z&to=2026-12-01T00:00:00Z&groupBy=model';

      expect(JSON.stringify(await read(query))).not.toContain('secret-model');
      expect((await read(query, { orgId: otherOrgId })).totals).toMatchObject({ requests: 1, costNanoUsd: '1000000' });
      const stranger = await read(query, { orgId: '0192f0c0-0000-7000-8000-0000000000ff' });
      expect(stranger.series).toEqual([]);
      expect(stranger.totals).toMatchObject({ requests: 0, costNanoUsd: '0', latencyMsMean: null });
    });
  });

  describe('400', () => {
    it.each([
      ['from=yesterday', 'invalid_value', 'from'],
      ['from=', 'invalid_value', 'from'],
      ['to=2026-13-01T00:00:00Z', 'invalid_value', 'to'],
      ['from=2026-11-01T00:00:00Z&from=2026-11-02T00:00:00Z', 'invalid_value', 'from'],
      ['from=2020-01-01T00:00:00Z', 'invalid_value', 'from'],
      ['from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', 'invalid_value', 'to'],
      ['groupBy=tag', 'invalid_value', 'tagKey'],
      ['groupBy=organisation', 'invalid_value', 'groupBy'],
      ["groupBy=hour'--", 'invalid_value', 'groupBy'],
      [`orgId=${otherOrgId}`, 'unknown_field', 'orgId'],
    ])('refuses ?%s with %s, naming %s', async (query, code, param) => {
      const answer = await analytics.get(`${path}?${query}`);

      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code, param });
    });
  });

  describe('401 and 403', () => {
    it('refuses whom the gateway does not vouch for, and who may not read usage', async () => {
      expect((await fetch(`${analytics.url}${path}`)).status).toBe(401);
      expect((await analytics.get(path, { scopes: ['ai:invoke'] })).status).toBe(403);
    });
  });

  describe('GET /v1/analytics/metrics', () => {
    it("shows the organisation's totals of the last 24 hours", async () => {
      const totals = usageTotals.parse(await (await analytics.get('/v1/analytics/metrics')).json());

      expect(totals).toMatchObject({ requests: 4, failedRequests: 1, costNanoUsd: '1000000000000013' });
      expect((await analytics.get('/v1/analytics/metrics', { scopes: [] })).status).toBe(403);
    });
  });

  describe('GET /v1/users/usage', () => {
    it('shows the usage of the caller alone', async () => {
      const answer = await analytics.get('/v1/users/usage', { userId: otherUserId });
      const { totals, series } = dashboardAnswer.parse(await answer.json());

      expect(totals).toMatchObject({ requests: 1, costNanoUsd: '2', latencyMsMean: 300 });
      expect(series).toMatchObject([{ group: '2026-11-21' }]);
      const elsewhere = await analytics.get('/v1/users/usage', { orgId: otherOrgId, userId: otherUserId });
      expect(dashboardAnswer.parse(await elsewhere.json()).totals.requests).toBe(0);
      const own = await analytics.get('/v1/users/usage?groupBy=key', { orgId, userId });
      expect(dashboardAnswer.parse(await own.json()).totals.requests).toBe(3);
    });
  });

  describe('503', () => {
    it('is answered where the database does not', async () => {
      await analytics.context.database.$executeRaw`ALTER TABLE usage_rollup RENAME TO gone`;
      const answer = await analytics.get(path);

      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('1');
      await analytics.context.database.$executeRaw`ALTER TABLE gone RENAME TO usage_rollup`;
    });

    it('is answered where no transaction begins', async () => {
      const { context } = analytics;
      const readAsTenant = () => Promise.reject(new Error('no connection'));
      const filter = { orgId, userId: null, from: new Date(0), to: new Date(1) };
      const read = readOwnUsage({ ...context, readAsTenant }, filter, 'day');
      await expect(read).rejects.toMatchObject({ code: 'service_unavailable' });
    });
  });
});
