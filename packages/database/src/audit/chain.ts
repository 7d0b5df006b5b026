import { createHash } from 'node:crypto';
import { type AuditDetail, toCanonicalJson } from './canonical-json.ts';

/** One privileged change, as the chain binds it. */
export interface AuditEntry {
  /** UUID. */
  readonly id: string;
  /** Kept to the millisecond. */
  readonly time: Date;
  /** UUID of the organisation that the entry belongs to; null for a change of the installation. */
  readonly organizationId: string | null;
  /** UUID; null if no user acted. */
  readonly actorUserId: string | null;
  /** UUID of the API key that the actor used; null if none. */
  readonly actorKeyId: string | null;
  /** Name of the service that acted; null if a user or the installation itself did. */
  readonly actorPeer: string | null;
  readonly action: string;
  readonly subjectType: string;
  readonly subjectId: string;
  readonly requestId: string | null;
  /** The changes. Never a secret: keys by their ids and last four characters. */
  readonly details: { readonly [name: string]: AuditDetail };
}

/** Hex of the hash before the first entry. */
export const genesisHash = '0'.repeat(64);

/**
 * Returns the hex SHA-256 that binds an entry to all entries before it: of the hash before it and the entry's one text.
 * `sequence` begins with 1. Letters of UUIDs count as lower case, in which the database returns them.
 */
export function hashEntry(previousHash: string, sequence: bigint, entry: AuditEntry): string {
  const text = toCanonicalJson([
    sequence.toString(),
    entry.id.toLowerCase(),
    entry.time.toISOString(),
    entry.organizationId?.toLowerCase() ?? null,
    entry.actorUserId?.toLowerCase() ?? null,
    entry.actorKeyId?.toLowerCase() ?? null,
    entry.actorPeer,
    entry.action,
    entry.subjectType,
    entry.subjectId,
    entry.requestId,
    entry.details,
  ]);
  return createHash('sha256').update(Buffer.from(previousHash, 'hex')).update(text).digest('hex');
}
