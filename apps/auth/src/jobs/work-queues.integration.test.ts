import { randomUUID } from 'node:crypto';
import { deleteTaskQueue } from '@aggregator/messaging/conformance';
import { createTestDatabase, type TestDatabase } from '@aggregator/testing';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../database/create-database.ts';
import { deliverMails } from '../mail/deliver-mails.ts';
import { createMailQueue } from '../mail/mail-queue.ts';
import { openWorkQueues, type WorkQueues } from './work-queues.ts';

let testDatabase: TestDatabase;
let database: Database;
let workQueues: WorkQueues;
let prefix: string;
beforeEach(async () => {
  testDatabase = await createTestDatabase({ service: 'auth' });
  database = createDatabase({ url: testDatabase.url, connectionsMax: 4, onError: () => undefined });
  const rabbitmqUrl = process.env.RABBITMQ_URL;
  prefix = `t${randomUUID()}.`;
  workQueues = openWorkQueues({ workQueue: 'rabbitmq', rabbitmqUrl, eventTopicPrefix: prefix }, async () => []);
});
afterEach(async () => {
  await workQueues.close();
  await deleteTaskQueue(`${prefix}work.mail`);
  await database.$disconnect();
  await testDatabase.drop();
});

it('sends a mail once that RabbitMQ hands to one of two workers', async () => {
  const sent: string[] = [];
  const queues = [1, 2].map(() =>
    createMailQueue(database, { peppers: ['p'.repeat(43)], isSending: true, open: workQueues.open }),
  );
  const now = () => new Date('2026-11-30T10:00:00Z');
  await database.$transaction(async (transaction) => {
    await queues[0]?.enqueue(transaction, now(), {
      ...{ template: 'invitation', to: 'ada@example.com', language: 'en', token: 'agt_x', role: 'developer' },
      ...{ organizationName: 'Engines', inviterName: 'Grace', expiresAt: '2026-12-01T10:00:00.000Z' },
    });
  });
  const transport = {
    send: async ({ to }: { to: string }) => void sent.push(to),
    close: async () => undefined,
  };
  const events = { mailSent: () => undefined, mailFailed: () => undefined };
  await Promise.all(
    queues.map((queue) => deliverMails({ queue, transport, events, publicUrl: 'https://ai.example.com', now })),
  );
  expect(sent).toEqual(['ada@example.com']);
  expect(await database.workJob.findFirst()).toMatchObject({ state: 'done', attempts: 1 });
});
