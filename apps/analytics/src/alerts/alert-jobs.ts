import {
  createPostgresWorkQueue,
  type Job,
  type JobResult,
  toSqlConnection,
  type WorkQueue,
} from '@aggregator/work-queue';
import type { Database } from '../database/create-database.ts';
import type { AnalyticsEvents } from '../events.ts';
import type { AlertMessage } from './alert-message.ts';
import type { AlertChannel } from './channels/alert-channel.ts';

export const attemptsMax = 12;

/** Messages that wait for a channel. Pauses grow from 10 seconds to half an hour and add up to 3 hours. */
export function createAlertJobs(database: Pick<Database, '$queryRawUnsafe'>): WorkQueue {
  return createPostgresWorkQueue({
    ...{ connection: toSqlConnection(database), queue: 'alert', leaseMs: 300_000, attemptsMax },
    backOff: { firstMs: 10_000, longestMs: 1_800_000 },
    ...{ waitingPerTenantMax: 1000, waitingMax: 4000 },
  });
}

/** Sends the message of a job to its channel. A crash behind the send repeats it, with the same id. */
export async function deliverAlert(
  channels: readonly AlertChannel[],
  events: Pick<AnalyticsEvents, 'alertSent' | 'alertFailed'>,
  now: Date,
  { tenant, body, attempt, isLast }: Job,
): Promise<JobResult> {
  const message = JSON.parse(Buffer.from(body).toString('utf8')) as AlertMessage;
  const facts = { channel: tenant, rule: message.rule, state: message.state, messageId: message.id, attempt };
  const channel = channels.find(({ name }) => name === tenant);
  if (channel === undefined) {
    events.alertFailed({ ...facts, reason: 'channel_gone', isLast: true });
    return { result: 'rejected', reason: 'channel_gone' };
  }
  const reason = await channel.send(message, now);
  if (reason === null) {
    events.alertSent(facts);
    return { result: 'done' };
  }
  events.alertFailed({ ...facts, reason, isLast });
  return { result: 'failed', reason };
}
