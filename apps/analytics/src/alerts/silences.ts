import { AppError, type Silence } from '@aggregator/contracts';
import { createUuidV7 } from '@aggregator/service-kit';
import { z } from 'zod';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import type { Database, Transaction } from '../database/create-database.ts';
import type { AlertSilence } from '../generated/prisma/client.ts';

const silencesMax = 100;
const labelsSchema = z.record(z.string(), z.string());

export interface NewSilence {
  rule: string | null;
  labels: Readonly<Record<string, string>>;
  until: Date;
  comment: string;
}

/** Returns the labels of a row. */
export const readLabels = (labels: unknown): Readonly<Record<string, string>> => labelsSchema.parse(labels);

/** Returns the silences that have not ended, newest first. */
export async function listSilences(database: Database | Transaction, now: Date): Promise<Silence[]> {
  const where = { until: { gt: now } };
  const rows = await database.alertSilence.findMany({ where, orderBy: { id: 'desc' }, take: silencesMax });
  return rows.map(toSilence);
}

/** True if a silence keeps an alert from being sent. */
export function isSilenced(
  alert: { rule: string; labels: Readonly<Record<string, string>> },
  silences: readonly Pick<Silence, 'rule' | 'labels'>[],
): boolean {
  return silences.some(
    ({ rule, labels }) =>
      (rule === null || rule === alert.rule) &&
      Object.entries(labels).every(([label, value]) => alert.labels[label] === value),
  );
}

/** @throws {AppError} `conflict` if there are too many. */
export async function createSilence(database: Database, now: Date, actor: Actor, given: NewSilence): Promise<Silence> {
  const id = createUuidV7(now.getTime());
  return database.$transaction(async (tx) => {
    await tx.alertSilence.deleteMany({ where: { until: { lte: now } } });
    if ((await tx.alertSilence.count()) >= silencesMax) {
      throw new AppError('conflict', { message: `There are ${silencesMax} silences. End one first.` });
    }
    const data = { ...given, id, createdAt: now, createdById: actor.userId };
    const row = await tx.alertSilence.create({ data: { ...data, labels: { ...given.labels } } });
    const { rule, until, comment } = given;
    await writeAudit(tx, now, actor, {
      ...{ organizationId: null, action: 'alerts_silenced', subjectType: 'silence', subjectId: id },
      details: { rule, labels: JSON.stringify(given.labels), until: until.toISOString(), comment },
    });
    return toSilence(row);
  });
}

/** Returns false if there is none of the id. */
export async function deleteSilence(database: Database, now: Date, actor: Actor, id: string): Promise<boolean> {
  return database.$transaction(async (tx) => {
    const { count } = await tx.alertSilence.deleteMany({ where: { id, until: { gt: now } } });
    if (count === 0) return false;
    await writeAudit(tx, now, actor, {
      ...{ organizationId: null, action: 'silence_ended', subjectType: 'silence', subjectId: id, details: {} },
    });
    return true;
  });
}

function toSilence({ id, rule, labels, until, comment, createdAt, createdById }: AlertSilence): Silence {
  return {
    ...{ id, rule, labels: readLabels(labels), until: until.toISOString(), comment },
    ...{ createdAt: createdAt.toISOString(), createdById },
  };
}
