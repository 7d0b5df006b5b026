import { usageRecordedDeadLetterTopic, usageRecordedTopic } from '@aggregator/contracts';
import type { ConsumedRecord, EventConsumer, EventLog, HandleAnswer } from '@aggregator/messaging';
import type { Database } from '../database/create-database.ts';
import type { UsageEvents } from '../events.ts';
import { addCorrections } from '../rollups/add-corrections.ts';
import { addUsage } from '../rollups/add-usage.ts';
import { type CountableCorrection, type CountableUsage, parseUsage } from '../rollups/parse-usage.ts';

const batchMax = 1000;

/** Takes usage events from the log into the rollups: write first, then let the position advance. */
export function consumeUsageRecorded(
  eventLog: EventLog,
  database: Database,
  events: UsageEvents,
): Promise<EventConsumer> {
  return eventLog.consume({
    topic: usageRecordedTopic,
    group: 'analytics',
    batchMax,
    deadLetterTopic: usageRecordedDeadLetterTopic,
    handle: (records) => handleUsageRecorded(records, database, events),
    onError: events.consumerFailed,
  });
}

/** Rejects where the database cannot be written for now. What can never be counted is named in the answer. */
export async function handleUsageRecorded(
  records: readonly ConsumedRecord[],
  database: Database,
  events: UsageEvents,
): Promise<HandleAnswer> {
  const rejected: { record: ConsumedRecord; reason: string }[] = [];
  const countable = new Map<CountableUsage, ConsumedRecord>();
  const corrections = new Map<CountableCorrection, ConsumedRecord>();
  for (const record of records) {
    const parsed = parseUsage(record.value);
    if ('reason' in parsed) rejected.push({ record, reason: parsed.reason });
    else if ('correction' in parsed) corrections.set(parsed, record);
    else countable.set(parsed, record);
  }
  const { added, conflicts } = await addUsage(database, [...countable.keys()]);
  for (const usage of conflicts) {
    const record = countable.get(usage);
    if (record !== undefined)
      rejected.push({ record, reason: 'another event of this id or request was counted before' });
  }
  for (const { correction, reason } of await addCorrections(database, [...corrections.keys()])) {
    const record = corrections.get(correction);
    if (record !== undefined) rejected.push({ record, reason });
  }
  events.usageAdded({ added, duplicates: countable.size - added - conflicts.length });
  for (const { record, reason } of rejected) {
    events.usageRejected({ partition: record.partition, offset: record.offset, reason });
  }
  return { rejected };
}
