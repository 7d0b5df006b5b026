import { createHash } from 'node:crypto';
import { AppError, type DeclarationFence } from '@aggregator/contracts';
import { z } from 'zod';
import type { Transaction } from '../database/create-database.ts';

const lastCall = z.tuple([z.object({ epoch: z.bigint().transform(Number), contentHash: z.string() })]);

/**
 * Takes the call as the newest of its owner, and holds the owner until the transaction ends, so that no two calls mix. The
 * call that was taken last may come again, since its answer may have been lost.
 * @throws {AppError} `stale_declaration` for what is older than that, and for another call under a number that was used.
 */
export async function advanceFence(
  tx: Transaction,
  owner: string,
  { epoch, sequence }: DeclarationFence,
  contentHash: string,
): Promise<void> {
  const taken = await tx.$executeRaw`
    INSERT INTO declaration_owner (owner, epoch, sequence, content_hash)
    VALUES (${owner}, ${BigInt(epoch)}, ${BigInt(sequence)}, ${contentHash})
    ON CONFLICT (owner) DO UPDATE
    SET epoch = excluded.epoch, sequence = excluded.sequence, content_hash = excluded.content_hash, updated_at = now()
    WHERE (excluded.epoch, excluded.sequence) > (declaration_owner.epoch, declaration_owner.sequence)`;
  if (taken > 0) return;
  const rows = await tx.$queryRaw`
    SELECT epoch, content_hash AS "contentHash" FROM declaration_owner WHERE owner = ${owner}`;
  const [last] = lastCall.parse(rows);
  if (last.epoch === epoch && last.contentHash === contentHash) return;
  throw new AppError('stale_declaration', { internal: `${owner} said ${epoch}/${sequence} after a newer call` });
}

/** The content of a call, without its number. */
export function hashCall(kind: 'credentials' | 'declarations', content: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([kind, content]))
    .digest('hex');
}
