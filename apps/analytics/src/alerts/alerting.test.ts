import { type AlertRule, alertRules, parseMetrics } from '@aggregator/alerts';
import { type AlertCase, alertCases, toValues } from '@aggregator/alerts/testing';
import { createJsonSender, createSmtpTransport, type JsonSender, type MailTransport } from '@aggregator/notifications';
import { createLogger, createMetrics } from '@aggregator/service-kit';
import {
  createTestDatabase,
  type Mailbox,
  type Receiver,
  startMailbox,
  startReceiver,
  type TestDatabase,
} from '@aggregator/testing';
import { workOff } from '@aggregator/work-queue';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { readAnalyticsConfig } from '../config.ts';
import { createDatabase, type Database } from '../database/create-database.ts';
import { createAnalyticsEvents } from '../events.ts';
import { createAlertJobs, deliverAlert } from './alert-jobs.ts';
import type { AlertChannel } from './channels/alert-channel.ts';
import { createSlackChannel, createTelegramChannel, createWebhookChannel } from './channels/http-channels.ts';
import { createMailChannel } from './channels/mail-channel.ts';
import { recordRound } from './record-round.ts';
import { createSilence, deleteSilence } from './silences.ts';
import { createAlerting } from './start-alerting.ts';

const minuteMs = 60_000;
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const services = ['api-gateway', 'proxy'];
const actor = { userId: null, keyId: null, requestId: undefined };

describe('the alert channel', () => {
  let mailbox: Mailbox;
  let receiver: Receiver;
  let testDatabase: TestDatabase;
  let database: Database;
  let sender: JsonSender;
  let transport: MailTransport;
  let nowMs = Date.parse('2026-12-01T10:00:00Z');
  const now = () => new Date(nowMs);
  const logger = createLogger({ service: 'analytics', level: 'error' });

  beforeAll(async () => {
    mailbox = await startMailbox();
    receiver = await startReceiver();
    testDatabase = await createTestDatabase({ service: 'analytics' });
    database = createDatabase({ url: testDatabase.url, connectionsMax: 4, onError: () => undefined });
    sender = createJsonSender({ allowlist: null, proxies: {}, deadlineMs: 5000 });
    transport = createSmtpTransport({ url: mailbox.url, from: 'alerts@example.com' });
  });
  afterAll(async () => {
    await transport.close();
    await sender.close();
    await database.$disconnect();
    await testDatabase.drop();
    await receiver.stop();
    await mailbox.stop();
  });
  beforeEach(async () => {
    await database.$executeRaw`TRUNCATE alert, alert_silence, alert_lease, work_job`;
    mailbox.received.length = 0;
    mailbox.isRefusing = false;
    receiver.received.length = 0;
    receiver.answer = (response) => void response.writeHead(204).end();
  });

  const mailAndWebhook = () => [
    createMailChannel(transport, ['ops@example.com']),
    createWebhookChannel(sender, { url: `${receiver.url}/alerts`, secret }),
  ];

  /** One process of analytics. Its reader returns what the test says. */
  function open(channels: readonly AlertChannel[] = mailAndWebhook()) {
    let text = '';
    let up = services;
    const config = readAnalyticsConfig({
      ...{ INTERNAL_SIGNING_KEY: Buffer.alloc(32, 1).toString('base64url'), ANALYTICS_DATABASE_URL: testDatabase.url },
      ...{
        ALERT_SERVICES: [...services, 'provider-operator'].join(),
        ALERT_RUNBOOK_BASE_URL: 'https://example.com/pages',
      },
    });
    const metrics = createMetrics('analytics');
    const events = createAnalyticsEvents(logger, metrics);
    const reader = {
      read: async () => ({
        reports: [{ target: 'proxy-0', startedAtMs: null, samples: parseMetrics(text, () => true) }],
        servicesUp: new Set([...up, 'provider-operator']),
      }),
      close: async () => undefined,
    };
    const alerting = createAlerting({ database, config, events, metrics, channels, now: () => nowMs, reader });
    return {
      async round(figures: string, servicesUp = services) {
        // An operator leads, unless the case says otherwise.
        text = figures.includes('leader') ? figures : `${figures}\nleader 1`;
        up = servicesUp;
        return alerting.step();
      },
      stop: () => alerting.stop(),
      async deliver() {
        const failures: unknown[] = [];
        await workOff({
          ...{ queue: createAlertJobs(database), concurrencyMax: 4, perTenantMax: 1, now },
          handle: (job) => deliverAlert(channels, events, now(), job),
          onError: (error) => failures.push(error),
        });
        expect(failures).toEqual([]);
      },
    };
  }

  /** What the webhook got, with its signature verified. */
  const webhooks = () =>
    receiver.received
      .filter(({ path }) => path === '/alerts')
      .map(({ body, headers }) => {
        const sent = headers as Record<string, string>;
        // The library's own check would judge the time by the real clock.
        const signedAt = new Date(Number(sent['webhook-timestamp']) * 1000);
        const signed = new Webhook(secret).sign(sent['webhook-id'] ?? '', signedAt, body);
        expect(sent['webhook-signature']).toBe(signed);
        return { id: sent['webhook-id'], ...JSON.parse(body) };
      });
  const subjects = () => mailbox.received.map(({ text }) => /^Subject: (.*)$/m.exec(text)?.[1]);

  const ruleOf = (name: string) => alertRules.find((rule) => rule.name === name) as AlertRule;

  /** The figures of a case at a minute: counters of a rate grow each minute, others once. */
  function figuresAt({ series }: AlertCase, minute: number, isRate: boolean): string {
    const lines = Object.entries(series).map(([figure, notation]) => {
      const values = toValues(notation);
      const value = isRate ? values[minute] : minute === 0 ? values[0] : values.at(-1);
      return `${figure.replace(/\{?pod="[^"]*"\}?/, '')} ${value}`;
    });
    // A sum has a value where both of its figures are there.
    const others = ['billing_platform_loss_nano_usd_total', 'billing_provider_excess_nano_usd_total'];
    return [...lines, ...others.filter((name) => !(name in series)).map((name) => `${name} 0`)].join('\n');
  }

  it.each(alertCases.map((one) => [one.alert, Object.keys(one.series).join(), one] as const))(
    'sends that %s fires and is cleared, by %s, to a mailbox and a webhook',
    async (name, _figures, one) => {
      const rule = ruleOf(name);
      const isRate = JSON.stringify(rule.cause).includes('"rate"');
      const process = open();
      const minutes = isRate
        ? Array.from({ length: 11 }, (_, minute) => minute)
        : [0, 1, 1 + rule.forMinutes, 2 + rule.forMinutes];
      const startMs = nowMs;
      for (const minute of minutes) {
        nowMs = startMs + minute * minuteMs;
        await process.round(figuresAt(one, minute, isRate));
      }
      await process.deliver();

      expect(subjects()).toEqual([`[FIRING] ${name} (${rule.severity})`]);
      expect(mailbox.received[0]?.text).toContain(`https://example.com/pages/${rule.page}.md`);
      expect(webhooks()).toMatchObject([
        { type: 'alert.firing', data: { rule: name, severity: rule.severity, alerts: [{ labels: one.labels ?? {} }] } },
      ]);

      // Long after the window and the time after which a cause that is away clears.
      const quiet = name === 'AggregatorOperatorNotLeading' ? 'leader 1' : '';
      nowMs += 65 * minuteMs;
      await process.round(quiet);
      nowMs += 3 * minuteMs;
      await process.round(quiet);
      await process.deliver();

      expect(subjects()).toEqual([`[FIRING] ${name} (${rule.severity})`, `[CLEARED] ${name} (${rule.severity})`]);
      expect(webhooks().map(({ type }) => type)).toEqual(['alert.firing', 'alert.cleared']);
      expect(await database.alert.findMany()).toMatchObject([{ state: 'cleared', openKey: null }]);
    },
  );

  /** Rounds a minute apart. */
  async function rounds(process: ReturnType<typeof open>, count: number, figures: string, up = services) {
    for (let index = 0; index < count; index += 1) {
      await process.round(figures, up);
      nowMs += minuteMs;
    }
  }

  it('sends that a service is down, and that it is back', async () => {
    const process = open();
    await rounds(process, 3, '', ['api-gateway']);
    await process.deliver();
    expect(webhooks()).toMatchObject([{ data: { alerts: [{ labels: { service: 'proxy' } }] } }]);

    await rounds(process, 4, '');
    await process.deliver();
    expect(subjects()).toEqual([
      '[FIRING] AggregatorServiceDown (critical)',
      '[CLEARED] AggregatorServiceDown (critical)',
    ]);
  });

  it('makes one message of the alerts of a rule that begin together', async () => {
    const process = open();
    await rounds(process, 3, '', []);
    await process.deliver();

    expect(webhooks()).toHaveLength(1);
    const down = webhooks()[0]?.data.alerts.map(({ labels }: { labels: { service: string } }) => labels.service);
    expect(down.sort()).toEqual(services);
  });

  it('lets one of two processes write, and another one take over without a second message', async () => {
    const [first, second] = [open(), open()];
    for (let index = 0; index < 3; index += 1) {
      expect([await first.round('', []), await second.round('', [])]).toEqual([true, false]);
      nowMs += minuteMs;
    }
    await first.stop();
    expect(await second.round('', [])).toBe(true);
    await second.deliver();

    expect(webhooks()).toHaveLength(1);
    expect(await database.alert.count({ where: { state: 'firing' } })).toBe(2);
  });

  it('sends again until the channel takes it, with the same id, and holds up no other channel', async () => {
    const process = open();
    receiver.answer = (response) => void response.writeHead(500).end();
    await rounds(process, 3, '', ['api-gateway']);
    await process.deliver();
    expect(subjects()).toHaveLength(1);
    expect(webhooks()).toHaveLength(1);

    receiver.answer = (response) => void response.writeHead(204).end();
    nowMs += minuteMs;
    const before = webhooks()[0]?.id;
    receiver.received.length = 0;
    await process.deliver();
    await process.deliver();

    expect(webhooks().map(({ id }) => id)).toEqual([before]);
    expect(subjects()).toHaveLength(1);
  });

  it('sends nothing that a silence matches, and sends it when the silence ends before the alert does', async () => {
    const process = open();
    const given = { rule: 'AggregatorServiceDown', labels: { service: 'proxy' }, comment: 'update' };
    const { id } = await createSilence(database, now(), actor, { ...given, until: new Date(nowMs + 60 * minuteMs) });
    await rounds(process, 3, '', []);
    await process.deliver();
    expect(webhooks().flatMap(({ data }) => data.alerts)).toMatchObject([{ labels: { service: 'api-gateway' } }]);

    expect(await deleteSilence(database, now(), actor, id)).toBe(true);
    await rounds(process, 1, '', []);
    await process.deliver();
    expect(webhooks().flatMap(({ data }) => data.alerts)).toMatchObject([
      { labels: { service: 'api-gateway' } },
      { labels: { service: 'proxy' } },
    ]);
    expect(await database.auditEntry.findMany({ orderBy: { sequence: 'asc' }, select: { action: true } })).toEqual([
      { action: 'alerts_silenced' },
      { action: 'silence_ended' },
    ]);
  });

  it('sends an alert although silenced ones before it are more than a round sends', async () => {
    const labels = { service: 'proxy' };
    const until = new Date(nowMs + 60 * minuteMs);
    await createSilence(database, now(), actor, { rule: null, labels, comment: '', until });
    const [rule] = alertRules;
    if (rule === undefined) throw new Error('no rule');
    const due = Array.from({ length: 500 }, (_, index) => ({
      rule,
      labels: { ...labels, index: String(index) },
      sinceMs: nowMs,
    }));
    const round = { rules: alertRules, channels: ['webhook' as const] };
    const record = (all: typeof due) =>
      recordRound(database, { ...round, now: now(), result: { due: all, mayClear: () => false } });
    await record(due);
    nowMs += minuteMs;
    await record([...due, { rule, labels: { service: 'billing', index: '' }, sinceMs: nowMs }]);

    const sent = await database.alert.findMany({ where: { firingSentAt: { not: null } } });
    expect(sent.map((alert) => alert.labels)).toEqual([{ service: 'billing', index: '' }]);
  });

  it('sends nothing about an alert that began and ended in a silence', async () => {
    const process = open();
    const given = { rule: null, labels: { service: 'proxy' }, comment: '' };
    await createSilence(database, now(), actor, { ...given, until: new Date(nowMs + 60 * minuteMs) });
    await rounds(process, 3, '', ['api-gateway']);
    await rounds(process, 4, '');
    await process.deliver();

    expect(await database.alert.findMany()).toMatchObject([{ state: 'cleared', firingSentAt: null }]);
    expect(webhooks()).toEqual([]);
  });

  it('writes to Slack and Telegram in their forms, with labels that cannot change them', async () => {
    const telegram = { apiUrl: receiver.url, botToken: '1:token', chatId: '-100' };
    const process = open([
      createSlackChannel(sender, `${receiver.url}/slack`),
      createTelegramChannel(sender, telegram),
    ]);
    const figures = 'auth_waiting_jobs{queue="<a>&\\n\u202ex"} 2000';
    await rounds(process, 17, figures);
    await process.deliver();
    const sent = Object.fromEntries(receiver.received.map(({ path, body }) => [path, JSON.parse(body)]));

    expect(sent['/slack'].text).toContain(
      '*[FIRING] AggregatorJobsWaiting (warning)*\n- Many jobs of the queue &lt;a&gt;&amp; x wait',
    );
    expect(sent['/bot1:token/sendMessage']).toMatchObject({ chat_id: '-100' });
    expect(sent['/bot1:token/sendMessage'].text).toContain('the queue <a>& x wait');
  });
});
