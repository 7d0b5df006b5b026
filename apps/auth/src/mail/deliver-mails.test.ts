import { createSmtpTransport } from '@aggregator/notifications';
import { createUuidV7 } from '@aggregator/service-kit';
import { createTestDatabase, type Mailbox, startMailbox, type TestDatabase } from '@aggregator/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../database/create-database.ts';
import { deriveSealingKey, seal } from '../secrets/seal.ts';
import { adoptEarlierMails } from './adopt-earlier-mails.ts';
import { deliverMails } from './deliver-mails.ts';
import type { Mail } from './mail.ts';
import { attemptsMax, createMailQueue, type MailQueue } from './mail-queue.ts';
import { toMessage } from './to-message.ts';

const peppers = ['p'.repeat(43)];
const mail: Mail = {
  ...{ template: 'invitation', to: 'ada@example.com', language: 'en', token: 'agt_canary', role: 'developer' },
  ...{ organizationName: 'Engines', inviterName: 'Grace', expiresAt: '2026-12-01T10:00:00.000Z' },
};

describe('deliverMails to an SMTP server', () => {
  let server: Mailbox;
  let testDatabase: TestDatabase;
  let database: Database;
  let queue: MailQueue;
  let nowMs = Date.parse('2026-11-30T10:00:00Z');
  const outcomes: Record<string, unknown>[] = [];
  const now = () => new Date(nowMs);
  beforeAll(async () => {
    server = await startMailbox();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    testDatabase = await createTestDatabase({ service: 'auth' });
    database = createDatabase({ url: testDatabase.url, connectionsMax: 4, onError: () => undefined });
    queue = createMailQueue(database, { peppers, isSending: true });
    outcomes.length = 0;
    server.received.length = 0;
    server.isRefusing = false;
  });
  afterEach(async () => {
    await database.$disconnect();
    await testDatabase.drop();
  });

  async function deliver() {
    const transport = createSmtpTransport({ url: server.url, from: 'Aggregator <noreply@example.com>' });
    const record = (fact: object) => void outcomes.push({ ...fact });
    const events = { mailSent: record, mailFailed: record };
    await deliverMails({ queue, transport, events, publicUrl: 'https://ai.example.com/', now });
    await transport.close();
  }
  const enqueue = (one: Mail = mail) => database.$transaction((transaction) => queue.enqueue(transaction, now(), one));

  it('sends a mail once, and keeps nothing of its content afterwards (I5)', async () => {
    await enqueue();
    const stored = Buffer.from((await database.workJob.findFirst())?.body ?? []).toString('latin1');
    expect(stored).not.toMatch(/canary|ada@/);

    await deliver();
    await deliver();

    expect(server.received).toMatchObject([{ from: 'noreply@example.com', to: ['ada@example.com'] }]);
    expect(server.received[0]?.text).toContain('https://ai.example.com/invitation#token=agt_canary');
    expect(await database.workJob.findFirst()).toMatchObject({ body: null, attempts: 1, state: 'done' });
  });

  it('sends nothing that its transaction did not commit', async () => {
    const write = database.$transaction(async (transaction) => {
      await queue.enqueue(transaction, now(), mail);
      throw new Error('the change failed');
    });
    await expect(write).rejects.toThrow('the change failed');
    await deliver();
    expect(server.received).toEqual([]);
  });

  it('tries a rejected mail again, later and later, and gives it up after a bounded number of attempts', async () => {
    server.isRefusing = true;
    await enqueue();
    const attemptedAtMs: number[] = [];
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const before = outcomes.length;
      await deliver();
      if (outcomes.length > before) attemptedAtMs.push(nowMs);
      nowMs += 60_000;
      if ((await queue.jobs.readDepth()).waiting === 0) break;
    }

    const pauses = attemptedAtMs.slice(1).map((at, index) => at - (attemptedAtMs[index] ?? 0));
    expect(pauses.map((ms) => ms / 60_000)).toEqual([1, 2, 4, 8, 16, 32, 60]);
    expect(outcomes).toHaveLength(attemptsMax);
    expect(outcomes.at(-1)).toMatchObject({ isLast: true, reason: 'EMESSAGE 451' });
    expect(JSON.stringify(outcomes)).not.toContain('ada@');
    expect(await queue.jobs.listDead({ limit: 10 })).toMatchObject([{ attempts: attemptsMax, reason: 'EMESSAGE 451' }]);
  });

  it('sends a mail once when several processes deliver at the same time', async () => {
    for (let count = 0; count < 20; count += 1) await enqueue();
    await Promise.all([deliver(), deliver(), deliver(), deliver()]);
    expect(server.received).toHaveLength(20);
  });

  it('opens a mail that was sealed before the pepper changed (I18)', async () => {
    await enqueue();
    queue = createMailQueue(database, { peppers: ['q'.repeat(43), ...peppers], isSending: true });
    await deliver();
    expect(server.received).toHaveLength(1);
  });
});

describe('mails of an earlier version', () => {
  it('are moved into the queue once they are due, each once, and sent', async () => {
    const server = await startMailbox();
    const testDatabase = await createTestDatabase({ service: 'auth' });
    const database = createDatabase({ url: testDatabase.url, connectionsMax: 4, onError: () => undefined });
    try {
      const now = new Date('2026-11-30T10:00:00Z');
      const [due, underWay, sent] = [createUuidV7(1), createUuidV7(2), createUuidV7(3)];
      const key = deriveSealingKey(peppers[0] ?? '', 'mail');
      const row = (id: string, nextAttemptAt: Date, isSealed: boolean) => ({
        ...{
          id,
          createdAt: now,
          nextAttemptAt,
          sealed: isSealed ? seal(key, JSON.stringify(mail), id) : null,
          sentAt: isSealed ? null : now,
        },
      });
      const later = new Date(now.getTime() + 60_000);
      await database.mail.createMany({
        data: [row(due, now, true), row(underWay, later, true), row(sent, now, false)],
      });
      const counts = await Promise.all([1, 2, 3].map(() => adoptEarlierMails(database, now)));
      expect(counts.reduce((sum, count) => sum + count)).toBe(1);

      const queue = createMailQueue(database, { peppers, isSending: true });
      const transport = createSmtpTransport({ url: server.url, from: 'noreply@example.com' });
      const events = { mailSent: () => undefined, mailFailed: () => undefined };
      await deliverMails({ queue, transport, events, publicUrl: 'https://ai.example.com', now: () => now });
      await transport.close();

      expect(server.received).toHaveLength(1);
      expect((await database.mail.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id)).toEqual([underWay, sent]);
    } finally {
      await database.$disconnect();
      await testDatabase.drop();
      await server.stop();
    }
  });
});

describe('toMessage', () => {
  it.each(['invitation', 'email_verification', 'password_reset'] as const)(
    'has %s in English and Russian',
    (template) => {
      const en = toMessage({ ...mail, template } as Mail, 'https://x.example');
      const ru = toMessage({ ...mail, template, language: 'ru' } as Mail, 'https://x.example');
      expect(en.text).toMatch(/^[\x20-\x7e\n]+$/);
      expect(`${ru.subject}${ru.text}`).toMatch(/[а-я]{5}/);
      for (const { text, subject } of [en, ru]) {
        expect(text).toContain('#token=agt_canary');
        expect(text).toContain('2026-12-01 10:00');
        expect(`${subject}${text}`).not.toMatch(/[{}]|undefined/);
      }
    },
  );

  it('lets no name break a line or hide text', () => {
    const { subject, text } = toMessage({ ...mail, organizationName: 'A\r\nBcc: x@y.z\u202e' }, 'https://x.example');
    expect(subject).toBe('Invitation to A Bcc: x@y.z ');
    expect(text).not.toMatch(/\r|\u202e|\nBcc/);
  });
});
