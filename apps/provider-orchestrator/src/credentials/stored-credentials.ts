import { randomUUID } from 'node:crypto';
import { AppError } from '@aggregator/contracts';
import { type Envelope, Secret } from '@aggregator/service-kit';
import type { Database, Transaction } from '../database/create-database.ts';

const prefix = 'stored:';
/** A secret shorter than this would be half revealed by its last four characters. */
const shownLengthMin = 20;

/**
 * Replaces the keys of a provider by `apiKeys`, sealed, and answers where they now are: `none` where there are none.
 * @throws {AppError} `conflict` where there is nothing to seal them with.
 */
export async function replaceCredentials(
  tx: Transaction,
  envelope: Envelope | null,
  providerName: string,
  apiKeys: readonly string[],
): Promise<string[]> {
  await tx.storedCredential.deleteMany({ where: { providerName } });
  if (apiKeys.length === 0) return ['none'];
  const sealing = requireEnvelope(envelope);
  const rows = apiKeys.map((apiKey) => {
    const id = randomUUID();
    const secret = new Secret(apiKey);
    return {
      id,
      providerName,
      sealed: sealing.seal(secret, sealOwnerOf(providerName, id)),
      last4: apiKey.length < shownLengthMin ? '' : apiKey.slice(-4),
      fingerprint: sealing.fingerprint(secret),
    };
  });
  await tx.storedCredential.createMany({ data: rows });
  return rows.map(({ id }) => prefix + id);
}

/** @throws {AppError} `conflict` where there is nothing to seal keys with. */
export function requireEnvelope(envelope: Envelope | null): Envelope {
  if (envelope !== null) return envelope;
  throw new AppError('conflict', {
    message: 'This installation keeps no credentials: its operator has to set CREDENTIALS_ENCRYPTION_KEY first.',
  });
}

/** The secrets behind `stored:` references. What is unknown, or cannot be opened, is left out; `onUnreadable` hears of the latter. */
export async function readCredentials(
  database: Database,
  envelope: Envelope | null,
  refs: readonly string[],
  onUnreadable: (ref: string) => void,
): Promise<Map<string, Secret>> {
  const ids = refs.flatMap((ref) => (ref.startsWith(prefix) ? [ref.slice(prefix.length)] : [])).filter(isUuid);
  const found = new Map<string, Secret>();
  if (ids.length === 0) return found;
  const where = { id: { in: ids } };
  const stored = await database.storedCredential.findMany({ where });
  const declared = stored.length === ids.length ? [] : await database.declaredCredential.findMany({ where });
  for (const { id, providerName, sealed } of [...stored, ...declared]) {
    const secret = envelope?.open(sealed, sealOwnerOf(providerName, id)) ?? null;
    if (secret === null) onUnreadable(prefix + id);
    else found.set(prefix + id, secret);
  }
  return found;
}

/** The binding of a sealed key: it opens for its provider and under its id alone. */
export function sealOwnerOf(providerName: string, id: string): string {
  return `${providerName}/${id}`;
}

/** An id that PostgreSQL rejects as a UUID must not fail the others. */
function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);
}
