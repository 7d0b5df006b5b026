import {
  type DeadLetter,
  type DeadLetterPage,
  type DeadLetterReplay,
  type DeadLetterWithBody,
  usageRecordedTopic,
} from '@aggregator/contracts';
import { toPage } from '@aggregator/service-kit';
import { type Actor, writeAudit } from '../audit/write-audit.ts';
import { handleUsageRecorded, type UsageConsumerContext } from '../consumers/usage-recorded.ts';
import type { Database, Transaction } from '../database/open-database.ts';

/**
 * Dead letters are the rows of `quarantine` that have no decision yet. They are in billing's own database, so they are
 * the same over every event log. The rows stay for good; a decision is another row.
 */
const isOpen = { decision: { is: null } };

/** Dead letters, newest first, from behind `cursor` (the id of the last one seen). */
export async function listDeadLetters(
  db: Database,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<DeadLetterPage> {
  const rows = await db.quarantine.findMany({
    where: { ...isOpen, ...(cursor !== undefined && { id: { lt: cursor } }) },
    select: { id: true, eventId: true, reason: true, receivedAt: true },
    orderBy: { id: 'desc' },
    take: limit + 1,
  });
  return toPage(rows, limit, (row) => row.id, toDeadLetter);
}

/** Returns null unless it waits for a decision. */
export async function readDeadLetter(db: Database, id: string): Promise<DeadLetterWithBody | null> {
  const row = await db.quarantine.findFirst({ where: { id, ...isOpen } });
  return row === null ? null : { ...toDeadLetter(row), body: row.body };
}

/**
 * Hands the event to the consumer once more. One that is posted now, or was posted before, is no dead letter any more. One
 * that is refused stays; if for another reason, as a new dead letter of that reason. Null unless it waits for a decision.
 */
export async function replayDeadLetter(
  context: UsageConsumerContext,
  id: string,
  now: Date,
  actor: Actor,
): Promise<DeadLetterReplay | null> {
  const { database } = context;
  const letter = await readDeadLetter(database, id);
  if (letter === null) return null;
  const record = { topic: usageRecordedTopic, partition: 0, offset: '0', key: letter.eventId, value: letter.body };
  const { rejected } = await handleUsageRecorded(context, [record]);
  const answered = rejected[0]?.reason ?? null;
  // The consumer adds to a reason what is wrong with a body.
  const reason = answered?.split(':')[0] ?? null;
  if (reason !== letter.reason) await decide(database, letter, 'replayed', now, actor);
  return { result: answered === null ? 'handled' : 'rejected', reason: answered };
}

/** Takes it off the list, unposted. Returns false unless it waits for a decision. */
export async function dropDeadLetter(db: Database, id: string, now: Date, actor: Actor): Promise<boolean> {
  const letter = await readDeadLetter(db, id);
  return letter !== null && decide(db, letter, 'dropped', now, actor);
}

/** Has a row if a dead letter waits for a decision. */
export const openDeadLetters =
  'SELECT FROM quarantine WHERE NOT EXISTS (SELECT FROM quarantine_decision WHERE quarantine_decision.id = quarantine.id)';

/** Returns how many wait for a decision. */
export function countDeadLetters(db: Database): Promise<number> {
  return db.quarantine.count({ where: isOpen });
}

/** Returns false if there is a decision meanwhile. */
function decide(
  db: Database,
  { id, eventId, reason }: DeadLetter,
  result: 'replayed' | 'dropped',
  now: Date,
  actor: Actor,
): Promise<boolean> {
  return db.$transaction(async (tx: Transaction) => {
    const decided = await tx.$executeRaw`
      INSERT INTO quarantine_decision (id, result, decided_at) VALUES (${id}::uuid, ${result}, ${now}::timestamptz)
      ON CONFLICT (id) DO NOTHING`;
    if (decided === 0) return false;
    await writeAudit(tx, now, actor, {
      organizationId: null,
      action: `dead_letter_${result}`,
      subjectType: 'dead_letter',
      subjectId: id,
      details: { eventId, reason },
    });
    return true;
  });
}

function toDeadLetter(row: { id: string; eventId: string; reason: string; receivedAt: Date }): DeadLetter {
  return { id: row.id, time: row.receivedAt.toISOString(), eventId: row.eventId, reason: row.reason };
}
