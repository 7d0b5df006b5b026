import { type AlertRule, type DueAlert, toAlertKey, toSummary, type WatchResult } from '@aggregator/alerts';
import type { AlertChannelName } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { QueueFullError, toSqlConnection } from '@aggregator/work-queue';
import type { Database, Transaction } from '../database/create-database.ts';
import type { Alert } from '../generated/prisma/client.ts';
import { createAlertJobs } from './alert-jobs.ts';
import type { AlertMessage } from './alert-message.ts';
import { isSilenced, listSilences, readLabels } from './silences.ts';

export interface AlertRound {
  readonly now: Date;
  readonly rules: readonly AlertRule[];
  readonly result: WatchResult;
  readonly channels: readonly AlertChannelName[];
  readonly runbookBaseUrl?: string | undefined;
}

export interface RecordedRound {
  readonly fired: number;
  readonly cleared: number;
}

/** Cleared alerts are kept for so long. */
const keptMs = 90 * 86_400_000;
const sentPerRoundMax = 500;

/**
 * Writes which alerts fire and which have ended, and queues their messages in the same transaction: a message exists if and
 * only if its alert is in that state. Alerts of one rule that begin or end together are one message.
 */
export function recordRound(database: Database, round: AlertRound): Promise<RecordedRound> {
  return database.$transaction(async (tx) => {
    const open = await tx.alert.findMany({ where: { state: 'firing' } });
    const fired = await addFiring(tx, round, open);
    const cleared = await clear(tx, round, open);
    await queueMessages(tx, round);
    await tx.alert.deleteMany({
      where: { state: 'cleared', clearedAt: { lt: new Date(round.now.getTime() - keptMs) } },
    });
    return { fired, cleared };
  });
}

async function addFiring(tx: Transaction, { now, result }: AlertRound, open: readonly Alert[]): Promise<number> {
  const known = new Set(open.map(({ openKey }) => openKey));
  const data = result.due
    .filter(({ rule, labels }) => !known.has(toAlertKey(rule.name, labels)))
    .map((due) => toRow(due, now));
  if (data.length === 0) return 0;
  return (await tx.alert.createMany({ data, skipDuplicates: true })).count;
}

function toRow(due: DueAlert, now: Date) {
  const { rule, labels, sinceMs } = due;
  return {
    ...{ id: createUuidV7(now.getTime()), openKey: toAlertKey(rule.name, labels), rule: rule.name },
    ...{ labels: { ...labels }, severity: rule.severity, summary: toSummary(due), runbook: rule.page },
    ...{ state: 'firing', since: new Date(sinceMs), firedAt: now },
  };
}

/** Ends alerts whose cause has ended, or whose rule no longer exists. */
async function clear(tx: Transaction, { now, rules, result }: AlertRound, open: readonly Alert[]): Promise<number> {
  const due = new Set(result.due.map(({ rule, labels }) => toAlertKey(rule.name, labels)));
  const ended = open.filter(({ openKey, rule: name, labels }) => {
    const rule = rules.find((other) => other.name === name);
    return !due.has(openKey ?? '') && (rule === undefined || result.mayClear(rule, readLabels(labels)));
  });
  if (ended.length === 0) return 0;
  const where = { id: { in: ended.map(({ id }) => id) } };
  return (await tx.alert.updateMany({ where, data: { state: 'cleared', openKey: null, clearedAt: now } })).count;
}

/** Queues what was not sent. An alert that was silenced when it began is sent when the silence ends before it does. */
async function queueMessages(tx: Transaction, round: AlertRound): Promise<void> {
  if (round.channels.length === 0) return;
  const silences = await listSilences(tx, round.now);
  const take = sentPerRoundMax;
  // All of them: silenced ones wait here, and must not keep others from being read. A rule has at most 50.
  const firing = await tx.alert.findMany({ where: { state: 'firing', firingSentAt: null }, orderBy: { id: 'asc' } });
  const heard = firing
    .filter(({ rule, labels }) => !isSilenced({ rule, labels: readLabels(labels) }, silences))
    .slice(0, take);
  for (const [rule, alerts] of Map.groupBy(heard, (alert) => alert.rule)) {
    await queueMessage(tx, round, rule, 'firing', alerts);
  }
  const where = { state: 'cleared', firingSentAt: { not: null }, clearedSentAt: null };
  const cleared = await tx.alert.findMany({ where, orderBy: { id: 'asc' }, take });
  for (const [rule, alerts] of Map.groupBy(cleared, (alert) => alert.rule)) {
    await queueMessage(tx, round, rule, 'cleared', alerts);
  }
}

/** Queues one message for each channel. If too many wait, it is tried again in the next round. */
async function queueMessage(
  tx: Transaction,
  { now, channels, runbookBaseUrl }: AlertRound,
  rule: string,
  state: 'firing' | 'cleared',
  alerts: readonly Alert[],
): Promise<void> {
  const [first] = alerts;
  if (first === undefined) return;
  const message: AlertMessage = {
    ...{ id: `${first.id}:${state}`, state, rule, severity: first.severity, time: now.toISOString() },
    runbookUrl: toRunbookUrl(runbookBaseUrl, first.runbook),
    alerts: alerts.map(({ id, summary, labels, since }) => ({
      ...{ id, summary, labels: readLabels(labels), since: since.toISOString() },
    })),
  };
  const body = Buffer.from(JSON.stringify(message));
  const connection = toSqlConnection(tx);
  try {
    for (const channel of channels) {
      await createAlertJobs(tx).enqueue(connection, now, { key: `${channel}:${message.id}`, tenant: channel, body });
    }
  } catch (error) {
    if (error instanceof QueueFullError) return;
    throw error;
  }
  const data = state === 'firing' ? { firingSentAt: now } : { clearedSentAt: now };
  await tx.alert.updateMany({ where: { id: { in: alerts.map(({ id }) => id) } }, data });
}

/** Returns the address of a runbook; null if the installation does not say where they are. */
export function toRunbookUrl(baseUrl: string | undefined, page: string): string | null {
  return baseUrl === undefined ? null : `${baseUrl.replace(/\/$/, '')}/${page}.md`;
}
