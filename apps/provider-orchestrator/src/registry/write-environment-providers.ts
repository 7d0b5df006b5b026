import { createHash } from 'node:crypto';
import { type AuditActor, writeAudit } from '../audit/write-audit.ts';
import type { Transaction } from '../database/create-database.ts';
import type { DeclaredProvider } from './declared-provider.ts';
import { replaceModels } from './write-models.ts';

/** Null: the service itself, by its environment. */
const environment: AuditActor = { peer: null, requestId: undefined };

/**
 * Makes the registry say what the environment says: adds, changes, and takes away what an earlier environment declared.
 * What others declared is left alone. Doing it again changes nothing. Answers the names that could not be written because
 * others have them.
 */
export async function writeEnvironmentProviders(
  tx: Transaction,
  declared: readonly DeclaredProvider[],
  nowMs: number,
): Promise<string[]> {
  const before = await readWritten(tx);
  const taken = await tx.provider.findMany({ where: { source: { not: 'environment' } }, select: { name: true } });
  const takenNames = new Set(taken.map(({ name }) => name));
  const writable = declared.filter(({ name }) => !takenNames.has(name));
  const names = writable.map(({ name }) => name);
  await tx.provider.deleteMany({ where: { source: 'environment', name: { notIn: names } } });
  for (const provider of writable) await writeProvider(tx, provider);
  const after = await readWritten(tx);
  if (after.sha256 !== before.sha256) {
    await writeAudit(tx, nowMs, environment, {
      action: 'environment_declared',
      subjectType: 'environment',
      subjectId: 'providers',
      details: { before, after },
    });
  }
  return declared.map(({ name }) => name).filter((name) => takenNames.has(name));
}

async function writeProvider(tx: Transaction, provider: DeclaredProvider): Promise<void> {
  const { name, type, baseUrl, options, concurrencyMax = null } = provider;
  const credentialRefs = [...provider.credentialRefs];
  const fields = {
    type,
    baseUrl,
    credentialRefs,
    options,
    concurrencyMax,
    enabled: true,
    source: 'environment',
    isAddressTrusted: true,
  };
  await tx.provider.upsert({ where: { name }, create: { name, ...fields }, update: fields });
  await replaceModels(tx, name, provider.models);
}

/** The providers of the environment as they are in the registry: their names, and a digest of all that they say. */
async function readWritten(tx: Transaction) {
  const rows = await tx.provider.findMany({
    where: { source: 'environment' },
    omit: { createdAt: true },
    include: { models: { orderBy: { id: 'asc' } } },
    orderBy: { name: 'asc' },
  });
  const sha256 = createHash('sha256').update(JSON.stringify(rows)).digest('hex');
  return { names: rows.map(({ name }) => name), sha256 };
}
