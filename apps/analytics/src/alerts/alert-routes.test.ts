import type { AlertTest, Silence } from '@aggregator/contracts';
import { type Mailbox, type Receiver, startMailbox, startReceiver } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startAnalytics, type TestAnalytics } from '../testing/start-analytics.ts';

const nowMs = Date.parse('2026-12-01T10:00:00Z');
const operator = { scopes: ['tenants:manage'] as 'tenants:manage'[] };

describe('the routes of alerts', () => {
  let mailbox: Mailbox;
  let receiver: Receiver;
  let analytics: TestAnalytics;
  beforeAll(async () => {
    mailbox = await startMailbox();
    receiver = await startReceiver();
    analytics = await startAnalytics(nowMs, {
      ...{ MAIL_TRANSPORT: 'smtp', SMTP_URL: mailbox.url, MAIL_FROM: 'alerts@example.com' },
      ...{ ALERT_MAIL_TO: 'ops@example.com, night@example.com', ALERT_SLACK_URL: `${receiver.url}/slack` },
      ALERT_RUNBOOK_BASE_URL: 'https://example.com/pages/',
    });
  });
  afterAll(async () => {
    await analytics.stop();
    await receiver.stop();
    await mailbox.stop();
  });

  it('send a test to every channel and return what became of it', async () => {
    receiver.answer = (response) => void response.writeHead(404).end();
    const answer = await analytics.send('POST', '/v1/analytics/alerts/test', {}, operator);

    expect(answer.status).toBe(200);
    expect((await answer.json()) as AlertTest).toEqual({
      data: [
        { channel: 'mail', reason: null },
        { channel: 'slack', reason: 'status 404' },
      ],
    });
    expect(mailbox.received.map(({ to }) => to)).toEqual([['ops@example.com'], ['night@example.com']]);
    expect(await analytics.context.database.auditEntry.count({ where: { action: 'alerts_tested' } })).toBe(1);
  });

  it('create, list and end a silence', async () => {
    const until = '2026-12-01T13:00:00+01:00';
    const created = await analytics.send('POST', '/v1/analytics/silences', { rule: 'R', until }, operator);
    const silence = (await created.json()) as Silence;
    const list = async () =>
      ((await (await analytics.get('/v1/analytics/silences', operator)).json()) as { data: object[] }).data;

    expect(created.status).toBe(201);
    expect(silence).toMatchObject({ rule: 'R', labels: {}, until: '2026-12-01T12:00:00.000Z', comment: '' });
    expect(await list()).toEqual([silence]);
    expect((await analytics.send('DELETE', `/v1/analytics/silences/${silence.id}`, undefined, operator)).status).toBe(
      204,
    );
    expect((await analytics.send('DELETE', `/v1/analytics/silences/${silence.id}`, undefined, operator)).status).toBe(
      404,
    );
    expect(await list()).toEqual([]);
  });

  it.each([
    [{ until: '2026-12-01T11:00:00Z' }, 'rule'],
    [{ rule: 'R', until: '2026-12-01T09:00:00Z' }, 'until'],
    [{ rule: 'R', until: '2027-06-01T09:00:00Z' }, 'until'],
    [{ rule: 'R', until: '2026-12-01T11:00:00Z', forever: true }, 'forever'],
  ])('refuse the silence %j, naming %s', async (body, param) => {
    const answer = await analytics.send('POST', '/v1/analytics/silences', body, operator);

    expect([answer.status, ((await answer.json()) as { param: string }).param]).toEqual([400, param]);
  });

  it('list alerts, newest first, in pages and by state', async () => {
    const { alert } = analytics.context.database;
    const at = new Date(nowMs);
    const row = { labels: {}, severity: 'critical', summary: 'Down.', runbook: 'service-down', since: at, firedAt: at };
    const ids = [1, 2, 3].map((last) => `01990000-0000-7000-8000-00000000000${last}`);
    await alert.createMany({
      data: [
        { ...row, id: ids[0] ?? '', rule: 'A', state: 'firing', openKey: 'A' },
        { ...row, id: ids[1] ?? '', rule: 'B', state: 'cleared', clearedAt: at },
        { ...row, id: ids[2] ?? '', rule: 'C', state: 'firing', openKey: 'C' },
      ],
    });
    const list = async (query: string) => (await analytics.get(`/v1/analytics/alerts${query}`, operator)).json();

    expect(await list('?limit=2')).toMatchObject({ data: [{ rule: 'C' }, { rule: 'B' }], nextCursor: ids[1] });
    expect(await list(`?cursor=${ids[1]}`)).toMatchObject({ data: [{ rule: 'A' }], nextCursor: null });
    expect(await list('?state=firing')).toMatchObject({
      data: [{ rule: 'C', isSilenced: false, runbookUrl: 'https://example.com/pages/service-down.md' }, { rule: 'A' }],
    });
  });

  it.each([
    ['GET', '/v1/analytics/alerts'],
    ['POST', '/v1/analytics/alerts/test'],
    ['GET', '/v1/analytics/silences'],
    ['POST', '/v1/analytics/silences'],
    ['DELETE', '/v1/analytics/silences/01990000-0000-7000-8000-000000000001'],
  ])('refuse %s %s to who is no operator (I17)', async (method, path) => {
    const body = method === 'GET' ? undefined : {};
    expect((await analytics.send(method, path, body, { scopes: ['usage:read'] })).status).toBe(403);
  });
});
