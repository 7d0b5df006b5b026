import { createHash } from 'node:crypto';
import type { Transaction } from '../database/create-database.ts';
import { type AuditActor, writeAudit } from './write-audit.ts';

const shownMax = 50;

/**
 * Audits a change of a provider, with how it is afterwards: address, state, names of options, keys by id and last four
 * characters, models with the versions of their prices. `fields` are those that the request named.
 */
export async function auditProvider(
  tx: Transaction,
  nowMs: number,
  actor: AuditActor,
  { action, name, fields }: { action: string; name: string; fields: readonly string[] },
): Promise<void> {
  const row = await tx.provider.findUnique({
    where: { name },
    include: { models: { orderBy: { id: 'asc' } }, credentials: { orderBy: { id: 'asc' } } },
  });
  const models = row?.models.map(({ id, priceVersion }) => `${id} ${priceVersion ?? 'unpriced'}`) ?? [];
  const after = row !== null && {
    type: row.type,
    baseUrl: row.baseUrl,
    enabled: row.enabled,
    concurrencyMax: row.concurrencyMax,
    options: namesOf(row.options),
    credentials: row.credentials.slice(0, shownMax).map(({ id, last4 }) => `${id} …${last4}`),
    modelCount: models.length,
    models: models.slice(0, shownMax),
    // Of all of them, so that two entries can be compared.
    modelsSha256: createHash('sha256').update(models.join('\n')).digest('hex'),
  };
  await writeAudit(tx, nowMs, actor, {
    action,
    subjectType: 'provider',
    subjectId: name,
    details: { fields: [...fields], ...(after && { after }) },
  });
}

function namesOf(options: unknown): string[] {
  return typeof options === 'object' && options !== null ? Object.keys(options) : [];
}
