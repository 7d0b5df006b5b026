import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMTPServer } from 'smtp-server';
import { createDatabase, type Database } from '../database/create-database.ts';
import { deliverMails } from './deliver-mails.ts';
import type { Mail } from './mail.ts';
import { attemptsMax, createMailQueue, type MailQueue } from './mail-queue.ts';
import { createSmtpTransport } from './smtp-transport.ts';
import { toMessage } from './to-message.ts';

const peppers = ['p'.repeat(43)];
const mail: Mail = {
  ...{ template: 'invitation', to: 'ada@example.com', language: 'en', token: 'agt_canary', role: 'developer' },
  ...{ organizationName: 'Engines', inviterName: 'Grace', expiresAt: '2026-12-01T10:00:00.000Z' },
};

/** A real mail server on a free port, that can refuse what it gets. */
async function startServer() {
  const received: { from: string; to: string[]; text: string }[] = [];
  const state = { isRefusing: false };
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'], logger: false },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        if (state.isRefusing) return done(Object.assign(new Error('ada@example.com is busy'), { responseCode: 451 }));
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        received.push({ from, to: rcptTo.map(({ address }) => address), text: Buffer.concat(parts).toString() });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    received,
    state,
    url: `smtp://127.0.0.1:${port}`,
    stop: () => new Promise<void>((done) => server.close(() => done())),
  };
}

describe('deliverMails to an SMTP server', () => {
  let server: Awaited<ReturnType<typeof startServer>>;
  let testDatabase: TestDatabase;
  let database: Database;
  let queue: MailQueue;
  let nowMs = Date.parse('2026-11-30T10:00:00Z');
  const outcomes: Record<string, unknown>[] = [];
  const now = () => new Date(nowMs);
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    testDatabase = await createTestDatabase({ service: 'auth' });
    database = createDatabase({ url: testDatabase.url, connectionsMax: 4, onError: () => undefined });
    queue = createMailQueue(database, { peppers, isSending: true });
    outcomes.length = 0;
    server.received.length = 0;
    server.state.isRefusing = false;
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
    const stored = JSON.stringify(await database.mail.findMany());
    expect(stored).not.toMatch(/canary|ada@/);

    await deliver();
    await deliver();

    expect(server.received).toMatchObject([{ from: 'noreply@example.com', to: ['ada@example.com'] }]);
    const text = server.received[0]?.text.replaceAll('=3D', '=');
    expect(text).toContain('https://ai.example.com/invitation#token=agt_canary');
    expect(await database.mail.findFirst()).toMatchObject({ sealed: null, attempts: 1, failedAt: null });
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
    server.state.isRefusing = true;
    await enqueue();
    const attemptedAtMs: number[] = [];
    for (let minute = 0; minute < 24 * 60; minute += 1) {
      const before = outcomes.length;
      await deliver();
      if (outcomes.length > before) attemptedAtMs.push(nowMs);
      nowMs += 60_000;
      if ((await database.mail.count({ where: { failedAt: null } })) === 0) break;
    }

    const pauses = attemptedAtMs.slice(1).map((at, index) => at - (attemptedAtMs[index] ?? 0));
    expect(pauses.map((ms) => ms / 60_000)).toEqual([1, 2, 4, 8, 16, 32, 60]);
    expect(outcomes).toHaveLength(attemptsMax);
    expect(outcomes.at(-1)).toMatchObject({ isLast: true, reason: 'EMESSAGE 451' });
    expect(JSON.stringify(outcomes)).not.toContain('ada@');
    expect(await database.mail.findFirst()).toMatchObject({ sealed: null, sentAt: null });
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
