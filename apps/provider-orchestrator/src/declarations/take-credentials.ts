import type { putCredentialsRequest } from '@aggregator/contracts';
import { Secret } from '@aggregator/service-kit';
import type { z } from 'zod';
import { declarer, writeAudit } from '../audit/write-audit.ts';
import { deleteRetired, keepDeclared } from '../credentials/declared-credentials.ts';
import { requireEnvelope } from '../credentials/stored-credentials.ts';
import type { Database } from '../database/create-database.ts';
import type { ProviderWriter } from '../providers/create-provider.ts';
import { advanceFence, hashCall } from './fence.ts';

const auditedIdsMax = 100;

/**
 * Keeps the keys that an owner hands over, fenced as its declarations are. Publishes nothing: what names them comes later.
 * @throws {AppError} `stale_declaration`; `conflict` where there is nothing to seal them with.
 */
export async function takeCredentials(
  database: Database,
  owner: string,
  request: z.output<typeof putCredentialsRequest>,
  { envelope, nowMs }: Pick<ProviderWriter, 'envelope' | 'nowMs'>,
): Promise<void> {
  const sealing = requireEnvelope(envelope);
  const { credentials } = request;
  const recognised = credentials.map(({ id, provider, value }) => [
    id,
    provider,
    sealing.fingerprint(new Secret(value)),
  ]);
  await database.$transaction(async (tx) => {
    await advanceFence(tx, owner, request, hashCall('credentials', recognised));
    const keptIds = await keepDeclared(tx, sealing, owner, credentials);
    await deleteRetired(tx, nowMs);
    if (keptIds.length === 0) return;
    await writeAudit(tx, nowMs, declarer, {
      action: 'credentials_taken',
      subjectType: 'declaration_owner',
      subjectId: owner,
      details: { count: keptIds.length, credentials: keptIds.slice(0, auditedIdsMax) },
    });
  });
}
