import { type Pooler, startPooler, waitFor } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEmbeddedEventLog } from './embedded-event-log.ts';
import { readServerUrl } from './testing/config.ts';
import { createScratchDatabase, type ScratchDatabase } from './testing/scratch-database.ts';

describe('the embedded event log behind PgBouncer in transaction mode', () => {
  let pooler: Pooler;
  let database: ScratchDatabase;
  beforeAll(async () => {
    database = await createScratchDatabase(readServerUrl());
    pooler = await startPooler(readServerUrl());
  });
  afterAll(async () => {
    await database?.drop();
    await pooler?.stop();
  });

  it('delivers every record once to a group of two members', async () => {
    const databaseUrl = pooler.urlOf(database.url);
    const logs = [1, 2, 3].map(() => createEmbeddedEventLog({ databaseUrl, publishDeadlineMs: 5000 }));
    const [publisher, ...members] = logs;
    const received: string[] = [];
    try {
      const consumers = await Promise.all(
        members.map((log) =>
          log.consume({
            ...{ topic: 'pooled', group: 'readers', deadLetterTopic: 'pooled.dead-letter', batchMax: 10 },
            onError: () => undefined,
            handle: async (records) => {
              received.push(...records.map(({ value }) => value));
              return { rejected: [] };
            },
          }),
        ),
      );
      for (let at = 0; at < 50; at += 1) {
        await publisher?.publish('pooled', [{ key: `key-${at % 7}`, value: String(at) }]);
      }
      await waitFor(() => received.length >= 50, { describe: 'every record' });
      expect([...received].sort()).toEqual(Array.from({ length: 50 }, (_, at) => String(at)).sort());
      await Promise.all(consumers.map((consumer) => consumer.close()));
    } finally {
      await Promise.all(logs.map((log) => log.close()));
    }
  });
});
