import { afterAll, beforeAll } from '@jest/globals';
import { describeEventLog, type EventLogSettings } from '../../conformance.ts';
import { createEmbeddedEventLog } from '../embedded-event-log.ts';
import { readServerUrl } from './config.ts';
import { createScratchDatabase, type ScratchDatabase } from './scratch-database.ts';

/** The conformance suite on a separate database, on the PostgreSQL of the tier. */
export function describeEmbeddedEventLog(): void {
  let database: ScratchDatabase;
  beforeAll(async () => {
    database = await createScratchDatabase(readServerUrl());
  });
  afterAll(() => database.drop());

  describeEventLog('embedded', ({ publishDeadlineMs, storeAt }) =>
    createEmbeddedEventLog({ databaseUrl: databaseUrl(storeAt), publishDeadlineMs }),
  );

  function databaseUrl(storeAt: EventLogSettings['storeAt']): string {
    const url = new URL(database.url);
    if (storeAt !== undefined) url.host = `${storeAt.host}:${storeAt.port}`;
    return url.href;
  }
}
