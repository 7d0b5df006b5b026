import { createUuidV7 } from '@aggregator/service-kit';
import { type Database, toJsonRows } from '../database/open-database.ts';

export interface QuarantinedEvent {
  eventId: string;
  /** SHA-256, hex. */
  bodyHash: string;
  body: string;
  reason: string;
}

const bodyCharsMax = 20_000;

/** Keeps events that must not be posted, once each, for a person to look at. */
export async function quarantineEvents(db: Database, events: readonly QuarantinedEvent[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ eventId, bodyHash, body, reason }) => ({
    id: createUuidV7(),
    eventId: withoutNul(eventId),
    bodyHash,
    reason,
    body: withoutNul(body).slice(0, bodyCharsMax),
  }));
  await db.$executeRaw`
    INSERT INTO quarantine (id, event_id, body_hash, reason, body)
    SELECT id, "eventId", decode("bodyHash", 'hex'), reason, body
    FROM json_to_recordset(${toJsonRows(rows)}::json) AS row (
      id uuid, "eventId" text, "bodyHash" text, reason text, body text)
    ON CONFLICT (event_id, body_hash, reason) DO NOTHING`;
}

/** PostgreSQL holds no NUL in a text, and what is quarantined may be here for that very reason. */
function withoutNul(text: string): string {
  return text.replaceAll('\u0000', '\ufffd');
}
